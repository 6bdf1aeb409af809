import { isPath } from "@/entities/logs/columnNames";
import { withKey } from "@/entities/logs/filter/filterFields";
import type { LogColumn, LogKind } from "@/entities/logs/logKind";
import { formatScore } from "@/lib/format";
import styles from "./LogsTable.module.css";

// Columns that people name themselves: `feedback.accuracy`, `span_feedback.accuracy`, `metadata.user.plan`,
// `input.messages[0].content`, `derived.finish_reason`.

const SCORE = /^(feedback|span_feedback)\.(.+)$/;
const DERIVED = /^derived\.(\w+)$/;

/** Paths lead into bodies, which not every kind has; nor does every kind have derived columns or scores of spans. */
export function isExtra<Row>({ spanScoresOf, valuesOf, derivedOf }: LogKind<Row>, id: string): boolean {
  const head = SCORE.exec(id)?.[1];
  return (
    head === "feedback" ||
    (head !== undefined && spanScoresOf !== null) ||
    (valuesOf !== null && isPath(id)) ||
    (derivedOf !== null && DERIVED.test(id))
  );
}

export function extraColumn<Row>(kind: LogKind<Row>, id: string, paths: readonly string[]): LogColumn<Row> {
  const [, head = "", score] = SCORE.exec(id) ?? [];
  if (score !== undefined) {
    const isOfSpans = head === "span_feedback";
    const scoresOf = (row: Row) => (isOfSpans ? (kind.spanScoresOf?.(row) ?? []) : kind.scoresOf(row));
    const read = (row: Row) => scoresOf(row).find(({ name }) => name === score)?.value;
    return {
      id,
      label: isOfSpans ? `${score} of spans` : score,
      width: isOfSpans ? 120 : 96,
      isNumeric: true,
      sort: /^[\w.]+$/.test(score) ? id : undefined,
      field: withKey(head, score),
      text: read,
      cell: (row) => {
        const value = read(row);
        return value === undefined ? null : formatScore(value);
      },
    };
  }
  const derived = DERIVED.exec(id)?.[1];
  if (derived !== undefined) return derivedColumn(kind, id, derived);
  const at = paths.indexOf(id);
  const read = (row: Row) => kind.valuesOf?.(row)[at];
  return {
    id,
    label: id,
    width: 160,
    // Values are counted of keys in the metadata alone.
    ...(/^metadata\b(?!.*\[\d)/.test(id) ? { field: id } : {}),
    text: read,
    cell: (row) => <span className={styles.preview}>{read(row)}</span>,
  };
}

function derivedColumn<Row>(kind: LogKind<Row>, id: string, name: string): LogColumn<Row> {
  const read = (row: Row) => kind.derivedOf?.(row).find((each) => each.name === name)?.value;
  return {
    id,
    label: name,
    width: 130,
    sort: id,
    field: id,
    text: read,
    cell: (row) => <span className={styles.preview}>{read(row)}</span>,
  };
}
