import { Fragment, type ReactNode, type Ref, useEffect, useImperativeHandle, useRef } from "react";
import { Cells, classOf, type ListColumn } from "@/components/ListTable";
import styles from "@/components/ListTable.module.css";
import { useLongRows } from "@/components/useLongRows";

export type LongTableHandle = {
  /** From the row in which the focus is to another. */
  move: (by: number) => void;
  focus: (key: string) => void;
};

type LongTableProps<Row> = {
  label: string;
  /** The first names the row; all but one have a width. */
  columns: readonly ListColumn<Row>[];
  rows: readonly Row[];
  keyOf: (row: Row) => string;
  isBusy?: boolean;
  handle?: Ref<LongTableHandle>;
  /** What comes after the last row. */
  foot?: ReactNode;
  /** The last rows are near; null if nothing is done then. */
  onEnd: (() => void) | null;
};

const NEAR_END_ROWS = 20;

/** A table of thousands of rows, of which those in sight are in the document; its page scrolls it. */
export function LongTable<Row>({ label, columns, rows, keyOf, isBusy = false, ...props }: LongTableProps<Row>) {
  const { onEnd } = props;
  const body = useRef<HTMLTableSectionElement>(null);
  const table = useLongRows({ rows, keyOf, body });
  useImperativeHandle(props.handle, () => ({ move: table.move, focus: table.focus }));
  const isNearEnd = (table.shown.at(-1)?.index ?? 0) >= rows.length - NEAR_END_ROWS;
  useEffect(() => {
    if (isNearEnd) onEnd?.();
  }, [isNearEnd, onEnd]);
  return (
    <div className={styles.frame} aria-busy={isBusy}>
      <table className={styles.table} data-long aria-label={label} aria-rowcount={rows.length + 1}>
        <thead>
          <tr>
            {columns.map((column) => (
              <th key={column.label} scope="col" className={classOf(column)} style={{ width: column.width }}>
                {column.label}
              </th>
            ))}
          </tr>
        </thead>
        <tbody ref={body} onFocus={table.onFocus}>
          {table.shown.map(({ row, index, gap }) => (
            <Fragment key={keyOf(row)}>
              {gap > 0 && <Gap px={gap} />}
              <tr ref={table.measure} data-index={index} aria-rowindex={index + 2} className={styles.row}>
                <Cells columns={columns} row={row} />
              </tr>
            </Fragment>
          ))}
          {table.after > 0 && <Gap px={table.after} />}
        </tbody>
      </table>
      {props.foot && <div className={styles.more}>{props.foot}</div>}
    </div>
  );
}

/** In place of rows that are out of sight. */
const Gap = ({ px }: { px: number }) => <tr aria-hidden style={{ height: px }} />;
