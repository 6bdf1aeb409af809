import { memo, useEffect, useRef } from "react";
import { Highlighted } from "@/components/Highlighted";
import type { TraceColumns } from "@/features/traces/useTraceColumns";
import type { TraceItem } from "@/features/traces/useTraceList";
import styles from "./TracesTable.module.css";

type TracesTableRowProps = {
  item: TraceItem;
  index: number;
  top: number;
  headers: TraceColumns["headers"];
  isOpen: boolean;
  isActive: boolean;
  wantsFocus: boolean;
  onFocused: () => void;
  onActivate: () => void;
  onOpen: (id: string, spanId?: string | null) => void;
};

export const TracesTableRow = memo(function TracesTableRow(props: TracesTableRowProps) {
  const { item, headers, wantsFocus } = props;
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
      aria-rowindex={props.index + 2}
      aria-selected={props.isOpen}
      tabIndex={props.isActive ? 0 : -1}
      data-row={item.id}
      className={styles.row}
      style={{ transform: `translateY(${props.top}px)` }}
      onClick={() => {
        props.onActivate();
        props.onOpen(item.id, item.row ? null : item.hits[0]?.spanId);
      }}
      onFocus={props.onActivate}
    >
      {headers.map(({ column }) => (
        // biome-ignore lint/a11y/useSemanticElements: part of a grid that is no table element
        // biome-ignore lint/a11y/useFocusableInteractive: rows take the focus, not cells
        <div key={column.id} role="gridcell" className={styles.cell} data-numeric={column.isNumeric || undefined}>
          {row ? column.cell(row) : column.id === "name" && <em>trace not yet received</em>}
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
                <span>
                  <Highlighted text={hit.text} ranges={hit.highlights} />
                </span>
              </li>
            ))}
          </ul>
        </div>
      )}
    </div>
  );
});
