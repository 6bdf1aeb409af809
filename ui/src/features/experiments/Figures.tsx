import { Scrollable } from "@/components/Scrollable";
import {
  type Comparison,
  compare,
  figureOf,
  type ItemRow,
  isClear,
  mean,
  type Outcome,
  pairsOf,
} from "@/features/experiments/comparison";
import type { Compared } from "@/features/experiments/useComparison";
import { formatCost, formatCount, formatDuration, formatScore } from "@/lib/format";
import styles from "./Comparison.module.css";

type Figure = {
  label: string;
  read: (outcome: Outcome) => number | null;
  format: (value: number) => string;
  /** More is better, less is better, or neither. */
  better: "more" | "less";
};

const FIXED: readonly Figure[] = [
  { label: "Duration", read: ({ durationMs }) => durationMs, format: formatDuration, better: "less" },
  { label: "Cost", read: ({ cost }) => cost, format: formatCost, better: "less" },
  {
    label: "Failed",
    read: ({ hasFailed }) => (hasFailed ? 1 : 0),
    format: (value) => `${formatScore(100 * value)}%`,
    better: "less",
  },
];

type FiguresProps = { experiments: readonly Compared[]; rows: readonly ItemRow[]; scores: readonly string[] };

/** What each experiment comes to, and by how much it differs from the first on the items that both have. */
export function Figures({ experiments, rows, scores }: FiguresProps) {
  const figures: Figure[] = [
    ...scores.map(
      (name): Figure => ({
        label: name,
        read: ({ scores: given }) => given.get(name) ?? null,
        format: formatScore,
        better: "more",
      }),
    ),
    ...FIXED,
  ];
  return (
    <Scrollable label="Figures, scrollable" className={styles.scroll}>
      <table className={styles.table} aria-label="Figures">
        <thead>
          <tr>
            <th scope="col">Mean over items</th>
            {experiments.map(({ id, name, itemCount }, at) => (
              <th key={id} scope="col">
                {name}{" "}
                <small>{at === 0 && experiments.length > 1 ? "baseline" : `${formatCount(itemCount)} items`}</small>
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {figures.map((figure) => (
            <tr key={figure.label}>
              <th scope="row">{figure.label}</th>
              {experiments.map(({ id }, at) => (
                <td key={id}>
                  <Value figure={figure} rows={rows} at={at} />
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </Scrollable>
  );
}

function Value({ figure, rows, at }: { figure: Figure; rows: readonly ItemRow[]; at: number }) {
  const value = mean(rows.flatMap(({ outcomes }) => figureOf(outcomes[at], figure.read) ?? []));
  const difference = at === 0 ? null : compare(pairsOf(rows, at, figure.read));
  return (
    <>
      <strong>{value === null ? "–" : figure.format(value)}</strong>{" "}
      {difference && <Difference comparison={difference} figure={figure} />}
    </>
  );
}

function Difference({ comparison, figure }: { comparison: Comparison; figure: Figure }) {
  const { difference, margin, count } = comparison;
  const isGood = figure.better === "more" ? difference > 0 : difference < 0;
  const tone = difference === 0 ? "same" : isGood ? "improved" : "regressed";
  const sign = difference > 0 ? "+" : difference < 0 ? "−" : "±";
  const said = `${sign}${figure.format(Math.abs(difference))}`;
  const interval = margin === null ? "" : ` ± ${figure.format(margin)}`;
  const certainty = isClear(comparison) ? "more than chance" : "within chance";
  return (
    <span
      className={styles.difference}
      data-change={tone}
      data-clear={isClear(comparison) || undefined}
      title={`On ${formatCount(count)} items that both have, with 95% confidence: ${certainty}`}
    >
      {said}
      {interval}
    </span>
  );
}
