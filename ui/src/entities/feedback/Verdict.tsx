import { CircleCheck, CircleX } from "lucide-react";
import styles from "./ScoreTable.module.css";

/** Whether something passed, in word, sign and colour. */
export function Verdict({ hasPassed }: { hasPassed: boolean }) {
  const Sign = hasPassed ? CircleCheck : CircleX;
  return (
    <span className={styles.verdict} data-failed={hasPassed ? undefined : true}>
      <Sign aria-hidden /> {hasPassed ? "passed" : "failed"}
    </span>
  );
}
