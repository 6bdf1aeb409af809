import type { ExperimentItem } from "@/features/experiments/useExperimentList";
import { formatCount } from "@/lib/format";
import styles from "./Experiments.module.css";

type ExperimentCommentsProps = {
  /** The newest. */
  comments: ExperimentItem["comments"];
  /** Of all. */
  count: number;
};

/** What people said last of the traces of an experiment, and how often they said something. */
export function ExperimentComments({ comments, count }: ExperimentCommentsProps) {
  const [newest] = comments;
  if (!newest) return "–";
  const told = comments.map(({ text, createdBy }) => `${createdBy}: ${text}`);
  const others = count - comments.length;
  if (others > 0) told.push(`and ${formatCount(others)} more`);
  return (
    <div className={styles.comments} title={told.join("\n")}>
      <span>{newest.text}</span>
      {count > 1 && <small>and {formatCount(count - 1)} more</small>}
    </div>
  );
}
