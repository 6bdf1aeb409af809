import { formatScore } from "@/lib/format";
import styles from "./Optimizations.module.css";

type ScoreChangeProps = { score: number | null | undefined; from: number | null | undefined };

/** A score, and how far it is from the initial one; more is better. */
export function ScoreChange({ score, from }: ScoreChangeProps) {
  if (score == null) return "–";
  const difference = from == null ? 0 : score - from;
  return (
    <span className={styles.change}>
      {difference !== 0 && (
        <span className={styles.difference} data-change={difference > 0 ? "improved" : "regressed"}>
          {difference > 0 ? "+" : "−"}
          {formatScore(Math.abs(difference))}
        </span>
      )}{" "}
      <strong>{formatScore(score)}</strong>
    </span>
  );
}
