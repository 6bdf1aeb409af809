import { ArrowDown, ArrowUp } from "lucide-react";
import type { ReactNode } from "react";
import { LoadMore, type More } from "@/components/LoadMore";
import type { SortOrder } from "@/lib/sortOrder";
import styles from "./ListTable.module.css";

export type ListColumn<Row> = {
  label: string;
  /** What stands in the head instead of the label. */
  head?: ReactNode;
  cell: (row: Row) => ReactNode;
  isNumeric?: boolean;
  /** Left out where there is little room. */
  isMinor?: boolean;
  /** The field by which the server puts the rows in order. */
  sort?: string;
  /** Of a long table, in which no column asks its cells. */
  width?: string;
};

type ListTableProps<Row> = {
  label: string;
  /** The first names the row. */
  columns: readonly ListColumn<Row>[];
  rows: readonly Row[];
  keyOf: (row: Row) => string;
  isBusy?: boolean;
  order?: { sort: SortOrder; onSort: (field: string) => void };
  more?: More | null | undefined;
};

/** A plain table of things by name, of which there are pages rather than thousands in sight. */
export function ListTable<Row>({ label, columns, rows, keyOf, isBusy = false, order, more }: ListTableProps<Row>) {
  return (
    <div className={styles.frame} aria-busy={isBusy}>
      <table className={styles.table} aria-label={label}>
        <thead>
          <tr>
            {columns.map((column) => (
              <ListHead key={column.label} column={column} order={order} />
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={keyOf(row)} className={styles.row}>
              <Cells columns={columns} row={row} />
            </tr>
          ))}
        </tbody>
      </table>
      {more && (
        <div className={styles.more}>
          <LoadMore {...more} />
        </div>
      )}
    </div>
  );
}

/** What stands in a row. */
export function Cells<Row>({ columns, row }: { columns: readonly ListColumn<Row>[]; row: Row }) {
  return columns.map((column, at) =>
    at === 0 ? (
      <th key={column.label} scope="row">
        {column.cell(row)}
      </th>
    ) : (
      <td key={column.label} className={classOf(column)}>
        {column.cell(row)}
      </td>
    ),
  );
}

type ListHeadProps<Row> = { column: ListColumn<Row>; order: ListTableProps<Row>["order"] };

/** The head of a column, pressed to put the rows in its order. */
export function ListHead<Row>({ column, order }: ListHeadProps<Row>) {
  const { label, sort } = column;
  if (!order || !sort) {
    return (
      <th scope="col" className={classOf(column)} aria-label={column.head ? label : undefined}>
        {column.head ?? label}
      </th>
    );
  }
  const direction = order.sort.field === sort ? order.sort.direction : null;
  const told = direction === "ASC" ? "ascending" : direction === "DESC" ? "descending" : undefined;
  return (
    <th scope="col" className={classOf(column)} aria-sort={told}>
      <button type="button" className={styles.sort} onClick={() => order.onSort(sort)}>
        {label}
        {direction === "ASC" && <ArrowUp aria-hidden />}
        {direction === "DESC" && <ArrowDown aria-hidden />}
      </button>
    </th>
  );
}

/** The class of a link that makes its whole row a place to press. */
export const rowLink = styles.link ?? "";
/** Of what stands beside that link and is pressed itself. */
export const rowControl = styles.control ?? "";

export function RowNote({ children }: { children: ReactNode }) {
  return children ? <p className={styles.note}>{children}</p> : null;
}

export function classOf<Row>({ isNumeric, isMinor }: ListColumn<Row>): string {
  return [isNumeric && styles.number, isMinor && styles.minor].filter(Boolean).join(" ");
}
