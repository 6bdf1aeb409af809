import { ArrowDown, ArrowUp } from "lucide-react";
import { type ReactNode, useRef, useState } from "react";
import { ColumnGrip } from "@/entities/logs/ColumnGrip";
import type { LogColumn } from "@/entities/logs/logKind";
import type { LogColumns } from "@/entities/logs/useLogColumns";
import type { Selection } from "@/entities/logs/useSelection";
import type { SortOrder } from "@/lib/sortOrder";
import styles from "./LogsTable.module.css";

type LogsTableHeadProps<Row> = {
  columns: LogColumns<Row>;
  sort: SortOrder | null;
  selection: Selection;
  onSort: (field: string) => void;
  /** What there is to ask of a column. */
  facts: ((column: LogColumn<Row>) => ReactNode) | null;
  figures: ReactNode | null;
};

export function LogsTableHead<Row>({ columns, sort, selection, onSort, facts, figures }: LogsTableHeadProps<Row>) {
  const draggedId = useRef<string | null>(null);
  const [overId, setOverId] = useState<string | null>(null);
  return (
    // biome-ignore lint/a11y/useSemanticElements: part of a grid that is no table element
    <div role="rowgroup" className={styles.headGroup}>
      {/* biome-ignore lint/a11y/useSemanticElements: part of a grid that is no table element */}
      {/* biome-ignore lint/a11y/useFocusableInteractive: the buttons within take the focus */}
      <div role="row" aria-rowindex={1} className={styles.headRow}>
        {/* biome-ignore lint/a11y/useSemanticElements: part of a grid that is no table element */}
        {/* biome-ignore lint/a11y/useFocusableInteractive: the box within takes the focus */}
        <div role="columnheader" aria-label="Selected" className={styles.check}>
          <input
            type="checkbox"
            aria-label="Select all that are loaded"
            checked={selection.isAll}
            onChange={selection.toggleAll}
          />
        </div>
        {columns.headers.map(({ column, header }) => {
          const direction = sort && column.sort === sort.field ? sort.direction : null;
          const order = direction === "ASC" ? "ascending" : direction === "DESC" ? "descending" : undefined;
          return (
            // biome-ignore lint/a11y/useSemanticElements: part of a grid that is no table element
            // biome-ignore lint/a11y/useFocusableInteractive: the button within takes the focus
            <div
              key={column.id}
              role="columnheader"
              aria-label={column.label}
              aria-sort={order}
              className={styles.head}
              data-numeric={column.isNumeric || undefined}
              data-over={overId === column.id || undefined}
              onDragStart={(event) => {
                event.dataTransfer.effectAllowed = "move";
                draggedId.current = column.id;
              }}
              onDragOver={(event) => {
                if (draggedId.current === null) return;
                event.preventDefault();
                setOverId(column.id);
              }}
              onDrop={(event) => {
                event.preventDefault();
                if (draggedId.current) columns.move(draggedId.current, column.id);
              }}
              onDragEnd={() => {
                draggedId.current = null;
                setOverId(null);
              }}
            >
              {/* Not the whole head: its edge is dragged for the width. */}
              <span draggable className={styles.title}>
                {column.sort && sort ? (
                  <button type="button" className={styles.sort} onClick={() => onSort(column.sort ?? "")}>
                    {column.label}
                    {direction === "ASC" && <ArrowUp aria-hidden />}
                    {direction === "DESC" && <ArrowDown aria-hidden />}
                  </button>
                ) : (
                  column.label
                )}
              </span>
              {facts?.(column)}
              <ColumnGrip
                label={column.label}
                width={header.getSize()}
                onResize={(width) => columns.resize(column.id, width)}
                onShift={(step) => columns.shift(column.id, step)}
                onReset={() => columns.resetWidth(column.id)}
              />
            </div>
          );
        })}
      </div>
      {figures}
    </div>
  );
}
