import { ArrowUp } from "lucide-react";
import { type CSSProperties, type Ref, useEffect, useImperativeHandle, useRef } from "react";
import type { SortOrder } from "@/features/traces/logsSearch";
import { TracesTableFoot } from "@/features/traces/TracesTableFoot";
import { TracesTableHead } from "@/features/traces/TracesTableHead";
import { TracesTableRow } from "@/features/traces/TracesTableRow";
import type { TraceColumns } from "@/features/traces/useTraceColumns";
import type { TraceItem } from "@/features/traces/useTraceList";
import { useTraceRows } from "@/features/traces/useTraceRows";
import type { Failure } from "@/lib/failure";
import { formatCount } from "@/lib/format";
import styles from "./TracesTable.module.css";

const ROWS_MAX = 20_000;
const NEAR_END_ROWS = 20;

export type TracesTableHandle = {
  move: (step: number) => void;
  focus: () => void;
  isAtTop: () => boolean;
  scrollToTop: () => void;
};

type TracesTableProps = {
  items: readonly TraceItem[];
  columns: TraceColumns;
  sort: SortOrder | null;
  openId: string | null;
  isBusy: boolean;
  hasNextPage: boolean;
  isLoadingMore: boolean;
  moreFailure: Failure | null;
  newCount: number;
  newOverflow: boolean;
  handle: Ref<TracesTableHandle>;
  onSort: (field: string) => void;
  onOpen: (id: string, spanId?: string | null) => void;
  onEnd: () => void;
  onShowNew: () => void;
};

export function TracesTable(props: TracesTableProps) {
  const { items, columns, openId, hasNextPage, onEnd } = props;
  const scroller = useRef<HTMLDivElement>(null);
  const table = useTraceRows({ items, openId, scroller, onOpen: props.onOpen });
  useImperativeHandle(props.handle, () => ({
    move: table.move,
    focus: table.focusActive,
    isAtTop: () =>
      (scroller.current?.scrollTop ?? 0) < 8 && !scroller.current?.querySelector("[role=row][data-row]:focus-visible"),
    scrollToTop: table.scrollToTop,
  }));

  const isFull = items.length >= ROWS_MAX;
  const isNearEnd = (table.rows.at(-1)?.index ?? 0) >= items.length - NEAR_END_ROWS;
  const wantsMore = isNearEnd && hasNextPage && !isFull && !props.isLoadingMore && !props.moreFailure;
  useEffect(() => {
    if (wantsMore) onEnd();
  }, [wantsMore, onEnd]);

  return (
    <div className={styles.frame}>
      <NewPill count={props.newCount} isOverflow={props.newOverflow} onPress={props.onShowNew} />
      {/* biome-ignore lint/a11y/useSemanticElements: a virtualised table of thousands of rows cannot be a table element */}
      <div
        ref={scroller}
        role="grid"
        aria-label="Traces"
        aria-rowcount={items.length + 1}
        aria-colcount={columns.headers.length}
        aria-busy={props.isBusy}
        className={styles.grid}
        style={{ "--columns": columns.template } as CSSProperties}
        onKeyDown={table.onKeyDown}
        tabIndex={-1}
      >
        <TracesTableHead columns={columns} sort={props.sort} onSort={props.onSort} />
        {/* biome-ignore lint/a11y/useSemanticElements: see above */}
        <div role="rowgroup" className={styles.body} style={{ height: table.height }}>
          {table.rows.map(({ item, index, top }) => (
            <TracesTableRow
              key={item.id}
              item={item}
              index={index}
              top={top}
              headers={columns.headers}
              isOpen={item.id === openId}
              isActive={item.id === table.activeId}
              wantsFocus={item.id === table.focusId}
              onFocused={table.onFocused}
              onActivate={() => table.activate(item.id)}
              onOpen={props.onOpen}
            />
          ))}
        </div>
        <TracesTableFoot {...props} rowCount={items.length} isFull={isFull} />
      </div>
    </div>
  );
}

function NewPill({ count, isOverflow, onPress }: { count: number; isOverflow: boolean; onPress: () => void }) {
  if (count === 0) return null;
  return (
    <button type="button" className={styles.pill} onClick={onPress}>
      <ArrowUp aria-hidden /> {formatCount(count)}
      {isOverflow && "+"} new
    </button>
  );
}
