import { Tab, TabList, TabPanel, Tabs } from "react-aria-components";
import { CopyButton } from "@/components/CopyButton";
import { Scrollable } from "@/components/Scrollable";
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
          <ol>
            {snippet.steps.map((step, index) => (
              <li key={step.title} className={styles.step}>
                <span className={styles.number} aria-hidden>
                  {index + 1}
                </span>
                <div className={styles.body}>
                  <h2>{step.title}</h2>
                  <div className={styles.code}>
                    <Scrollable label={step.title}>
                      <pre>{step.code}</pre>
                    </Scrollable>
                    <CopyButton label={`Copy: ${step.title}`} text={step.code} />
                  </div>
                </div>
              </li>
            ))}
          </ol>
        </TabPanel>
      ))}
    </Tabs>
  );
}
