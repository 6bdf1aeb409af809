import { ConnectSteps } from "@/entities/connect/ConnectSteps";
import { agentSteps } from "@/entities/connect/snippets";
import styles from "./Playground.module.css";

type ConnectAgentProps = {
  projectName: string;
  /** A program is there, and says in a moment what it can do. */
  isRegistering: boolean;
};

/** How a program is connected; the page goes on by itself once one is. */
export function ConnectAgent({ projectName, isRegistering }: ConnectAgentProps) {
  return (
    <section aria-label="Connect an agent" className={styles.card}>
      <h2>Connect an agent</h2>
      <p>
        {isRegistering
          ? "A program is connected and has not named a function yet: mark one as below."
          : "An agent stays where it is. Its program asks this server for work, so nothing has to reach your machine."}
      </p>
      <ConnectSteps steps={agentSteps(window.location.origin, projectName)} />
      <p className={styles.note}>
        This page turns into the playground when the program is there. Without <code>--headless</code> it prints a link,
        whose page asks whether this machine may be connected.
      </p>
    </section>
  );
}
