import { CopyButton } from "@/components/CopyButton";
import { Scrollable } from "@/components/Scrollable";
import type { Step } from "@/entities/connect/snippets";
import styles from "./ConnectGuide.module.css";

/** Lines to be copied, one step after the other. */
export function ConnectSteps({ steps }: { steps: readonly Step[] }) {
  return (
    <ol className={styles.steps}>
      {steps.map((step, index) => (
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
  );
}
