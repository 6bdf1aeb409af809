import type { ReactNode } from "react";
import { Button } from "@/components/Button";
import type { Failure } from "@/lib/failure";
import styles from "./ListTable.module.css";

export type ListColumn<Row> = {
  label: string;
  cell: (row: Row) => ReactNode;
  isNumeric?: boolean;
  /** Left out where there is little room. */
  isMinor?: boolean;
};

type ListTableProps<Row> = {
  label: string;
  /** The first names the row. */
  columns: readonly ListColumn<Row>[];
  rows: readonly Row[];
  keyOf: (row: Row) => string;
  isBusy?: boolean;
  more?: { failure: Failure | null; isLoading: boolean; onMore: () => void } | null | undefined;
};

/** A plain table of things by name, of which there are pages rather than thousands in sight. */
export function ListTable<Row>({ label, columns, rows, keyOf, isBusy = false, more }: ListTableProps<Row>) {
  return (
    <div className={styles.frame} aria-busy={isBusy}>
      <table className={styles.table} aria-label={label}>
        <thead>
          <tr>
            {columns.map((column) => (
              <th key={column.label} scope="col" className={classOf(column)}>
                {column.label}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={keyOf(row)} className={styles.row}>
              {columns.map((column, at) =>
                at === 0 ? (
                  <th key={column.label} scope="row">
                    {column.cell(row)}
                  </th>
                ) : (
                  <td key={column.label} className={classOf(column)}>
                    {column.cell(row)}
                  </td>
                ),
              )}
            </tr>
          ))}
        </tbody>
      </table>
      {more && (
        <div className={styles.more}>
          {more.failure && <span role="alert">{more.failure.message}</span>}
          <Button onPress={more.onMore} isDisabled={more.isLoading}>
            {more.isLoading ? "Loading…" : "Load more"}
          </Button>
        </div>
      )}
    </div>
  );
}

/** The class of a link that makes its whole row a place to press. */
export const rowLink = styles.link ?? "";
/** Of what stands beside that link and is pressed itself. */
export const rowControl = styles.control ?? "";

export function RowNote({ children }: { children: ReactNode }) {
  return children ? <p className={styles.note}>{children}</p> : null;
}

function classOf<Row>({ isNumeric, isMinor }: ListColumn<Row>): string {
  return [isNumeric && styles.number, isMinor && styles.minor].filter(Boolean).join(" ");
}
