import { isPath } from "@/entities/logs/columnNames";
import { withKey } from "@/entities/logs/filter/filterFields";
import type { LogColumn, LogKind } from "@/entities/logs/logKind";
import { formatScore } from "@/lib/format";
import styles from "./LogsTable.module.css";

// Columns that people name themselves: `feedback.accuracy`, `metadata.user.plan`, `input.messages[0].content`.

const SCORE = /^feedback\.(.+)$/;

/** Paths lead into bodies, which not every kind has. */
export function isExtra<Row>({ valuesOf }: LogKind<Row>, id: string): boolean {
  return SCORE.test(id) || (valuesOf !== null && isPath(id));
}

export function extraColumn<Row>(kind: LogKind<Row>, id: string, paths: readonly string[]): LogColumn<Row> {
  const score = SCORE.exec(id)?.[1];
  if (score !== undefined) {
    const read = (row: Row) => kind.scoresOf(row).find(({ name }) => name === score)?.value;
    return {
      id,
      label: score,
      width: 96,
      isNumeric: true,
      sort: /^[\w.]+$/.test(score) ? id : undefined,
      field: withKey("feedback", score),
      text: read,
      cell: (row) => {
        const value = read(row);
        return value === undefined ? null : formatScore(value);
      },
    };
  }
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
