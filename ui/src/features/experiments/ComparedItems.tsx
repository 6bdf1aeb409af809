import type { ReactNode } from "react";
import { Badge } from "@/components/Badge";
import { Button } from "@/components/Button";
import { Scrollable } from "@/components/Scrollable";
import { ComparedItemDialog } from "@/features/experiments/ComparedItemDialog";
import { figureOf, type Outcome, type Ranked } from "@/features/experiments/comparison";
import type { Compared } from "@/features/experiments/useComparison";
import { wordsOf } from "@/features/experiments/wordsOf";
import { formatDuration, formatScore } from "@/lib/format";
import styles from "./Comparison.module.css";

type ComparedItemsProps = {
  experiments: readonly Compared[];
  ranked: readonly Ranked[];
  scores: readonly string[];
  openId: string | null;
  traceLink: (traceId: string) => ReactNode;
  onOpen: (itemId: string | undefined) => void;
};

const ROWS_SHOWN = 200;
const WORDS_SHOWN = 280;

/** The items, and what each experiment made of them. */
export function ComparedItems({ experiments, ranked, scores, openId, traceLink, onOpen }: ComparedItemsProps) {
  return (
    <>
      <Scrollable label="Items, scrollable" className={styles.scroll}>
        <table className={styles.table} aria-label="Items">
          <thead>
            <tr>
              <th scope="col">Item</th>
              {experiments.map(({ id, name }) => (
                <th key={id} scope="col">
                  {name}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {ranked.slice(0, ROWS_SHOWN).map(({ row, change }, at) => (
              <tr key={row.itemId} data-change={change}>
                <th scope="row">
                  <p className={styles.words}>{wordsOf(row.data)?.slice(0, WORDS_SHOWN) ?? "deleted item"}</p>
                  <Button kind="quiet" aria-label={`Open item ${at + 1}`} onPress={() => onOpen(row.itemId)}>
                    Open
                  </Button>
                </th>
                {experiments.map(({ id }, side) => (
                  <td key={id}>
                    <OutcomeCell
                      outcomes={row.outcomes[side] ?? []}
                      baseline={side === 0 ? null : (row.outcomes[0] ?? null)}
                      scores={scores}
                    />
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
        {ranked.length > ROWS_SHOWN && (
          <p className={styles.cut}>The first {ROWS_SHOWN} items are shown, in this order.</p>
        )}
      </Scrollable>
      <ComparedItemDialog
        experiments={experiments}
        rows={ranked.map(({ row }) => row)}
        openId={openId}
        traceLink={traceLink}
        onOpen={onOpen}
      />
    </>
  );
}

type OutcomeCellProps = {
  outcomes: readonly Outcome[];
  baseline: readonly Outcome[] | null;
  scores: readonly string[];
};

function OutcomeCell({ outcomes, baseline, scores }: OutcomeCellProps) {
  const [first] = outcomes;
  if (!first) return <span className={styles.none}>not run</span>;
  return (
    <>
      <p className={styles.words}>{wordsOf(first.output)?.slice(0, WORDS_SHOWN)}</p>
      <p className={styles.scores}>
        {outcomes.some(({ hasFailed }) => hasFailed) && <Badge tone="danger">failed</Badge>}
        {outcomes.length > 1 && <Badge>{outcomes.length} runs</Badge>}
        {scores.map((name) => (
          <Score key={name} name={name} outcomes={outcomes} baseline={baseline} />
        ))}
        <span className={styles.none}>{formatDuration(figureOf(outcomes, ({ durationMs }) => durationMs))}</span>
      </p>
    </>
  );
}

type ScoreProps = Pick<OutcomeCellProps, "outcomes" | "baseline"> & { name: string };

function Score({ name, outcomes, baseline }: ScoreProps) {
  const read = ({ scores }: Outcome) => scores.get(name) ?? null;
  const value = figureOf(outcomes, read);
  if (value === null) return null;
  const before = baseline && figureOf(baseline, read);
  const difference = before === null ? 0 : value - before;
  const change = difference > 0 ? "improved" : difference < 0 ? "regressed" : undefined;
  return (
    <span className={styles.score}>
      {name} <strong>{formatScore(value)}</strong>
      {change && (
        <span className={styles.difference} data-change={change} data-clear>
          {difference > 0 ? "+" : "−"}
          {formatScore(Math.abs(difference))}
        </span>
      )}
    </span>
  );
}
