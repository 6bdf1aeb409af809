import { Tab, TabList, TabPanel, Tabs } from "react-aria-components";
import { ConnectSteps } from "@/entities/connect/ConnectSteps";
import { connectSnippets } from "@/entities/connect/snippets";
import styles from "./ConnectGuide.module.css";

/** How to send the first trace, to any project or to the named one. */
export function ConnectGuide({ project = null }: { project?: string | null }) {
  const snippets = connectSnippets(window.location.origin, window.location.hostname, project);
  return (
    <Tabs className={styles.tabs ?? ""}>
      <TabList aria-label="Ways to connect" className={styles.list ?? ""}>
        {snippets.map((snippet) => (
          <Tab key={snippet.id} id={snippet.id} className={styles.tab ?? ""}>
            {snippet.label}
          </Tab>
        ))}
      </TabList>
      {snippets.map((snippet) => (
        <TabPanel key={snippet.id} id={snippet.id} className={styles.panel ?? ""}>
          <ConnectSteps steps={snippet.steps} />
        </TabPanel>
      ))}
    </Tabs>
  );
}
