import { memo, useEffect, useRef } from "react";
import { Highlighted } from "@/components/Highlighted";
import { farLead } from "@/entities/logs/farLead";
import type { LogColumn, LogItem } from "@/entities/logs/logKind";
import styles from "./LogsTable.module.css";

type LogsTableRowProps<Row> = {
  item: LogItem<Row>;
  label: string;
  missing: string;
  /** From 1, the head counted too. */
  place: number;
  top: number;
  columns: readonly LogColumn<Row>[];
  isSelected: boolean;
  isOpen: boolean;
  isActive: boolean;
  wantsFocus: boolean;
  onFocused: () => void;
  onActivate: () => void;
  onOpen: (item: LogItem<Row>) => void;
  onSelect: (id: string, toAnchor: boolean) => void;
};

// `memo` forgets that the function is generic.
export const LogsTableRow = memo(Row) as typeof Row;

function Row<R>(props: LogsTableRowProps<R>) {
  const { item, columns, wantsFocus } = props;
  const element = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (!wantsFocus) return;
    element.current?.focus({ preventScroll: true });
    props.onFocused();
  });
  const row = item.row;
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the grid handles the keys of its rows
    // biome-ignore lint/a11y/useSemanticElements: part of a grid that is no table element
    <div
      ref={element}
      role="row"
      aria-rowindex={props.place}
      aria-selected={props.isSelected}
      aria-current={props.isOpen || undefined}
      tabIndex={props.isActive ? 0 : -1}
      data-row={item.id}
      className={styles.row}
      style={{ transform: `translateY(${props.top}px)` }}
      onClick={() => {
        props.onActivate();
        props.onOpen(item);
      }}
      onFocus={props.onActivate}
    >
      <SelectCell {...props} />
      {columns.map((column) => (
        // biome-ignore lint/a11y/useSemanticElements: part of a grid that is no table element
        // biome-ignore lint/a11y/useFocusableInteractive: rows take the focus, not cells
        <div key={column.id} role="gridcell" className={styles.cell} data-numeric={column.isNumeric || undefined}>
          {row ? column.cell(row) : column.id === "name" && <em>{props.missing}</em>}
        </div>
      ))}
      {item.hits.length > 0 && (
        // biome-ignore lint/a11y/useSemanticElements: part of a grid that is no table element
        // biome-ignore lint/a11y/useFocusableInteractive: rows take the focus, not cells
        <div role="gridcell" className={styles.hits}>
          <ul aria-label="Why it matches">
            {item.hits.map((hit) => (
              <li key={`${hit.spanId} ${hit.field} ${hit.text}`}>
                <span className={styles.field}>
                  {hit.spanId ? `${hit.spanName ?? "span"} › ${hit.field}` : hit.field}
                </span>
                <Snippet text={hit.text} matches={hit.highlights} />
              </li>
            ))}
          </ul>
        </div>
      )}
    </div>
  );
}

type SnippetProps = { text: string; matches: readonly { start: number; end: number }[] };

/** Where the words stand; on a narrow screen from shortly before the first of them. */
function Snippet({ text, matches }: SnippetProps) {
  const far = farLead(text, matches);
  const near = matches.map(({ start, end }) => ({ start: start - far, end: end - far }));
  return (
    <span>
      {far > 0 && <span className={styles.far}>{text.slice(0, far)}</span>}
      <Highlighted text={text.slice(far)} ranges={near} />
    </span>
  );
}

function SelectCell<R>({ item, label, isSelected, onSelect }: LogsTableRowProps<R>) {
  return (
    // biome-ignore lint/a11y/useSemanticElements: part of a grid that is no table element
    // biome-ignore lint/a11y/useFocusableInteractive: rows take the focus, not cells
    // biome-ignore lint/a11y/useKeyWithClickEvents: `X` chooses the row
    <div role="gridcell" className={styles.check} onClick={(event) => event.stopPropagation()}>
      <input
        type="checkbox"
        tabIndex={-1}
        aria-label={`Select ${label}`}
        checked={isSelected}
        onChange={(event) => onSelect(item.id, event.nativeEvent instanceof MouseEvent && event.nativeEvent.shiftKey)}
      />
    </div>
  );
}
