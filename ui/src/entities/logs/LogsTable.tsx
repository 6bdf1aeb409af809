import { ArrowUp } from "lucide-react";
import { type CSSProperties, type ReactNode, type Ref, useEffect, useImperativeHandle, useRef } from "react";
import type { RowHeight } from "@/components/rowHeight";
import { FIGURES_PX } from "@/entities/logs/facts/FiguresRow";
import { LogsTableFoot } from "@/entities/logs/LogsTableFoot";
import { LogsTableHead } from "@/entities/logs/LogsTableHead";
import { LogsTableRow } from "@/entities/logs/LogsTableRow";
import type { LogColumn, LogItem, LogKind } from "@/entities/logs/logKind";
import type { LogColumns } from "@/entities/logs/useLogColumns";
import { useLogRows } from "@/entities/logs/useLogRows";
import type { Selection } from "@/entities/logs/useSelection";
import type { Failure } from "@/lib/failure";
import { formatCount } from "@/lib/format";
import type { SortOrder } from "@/lib/sortOrder";
import styles from "./LogsTable.module.css";

/** The head stays over the rows that scroll beneath it. */
const HEAD_PX = 32;
const ROWS_MAX = 20_000;
const NEAR_END_ROWS = 20;

export type LogsTableHandle = {
  move: (step: number) => void;
  /** Chooses the active row, or gives it up. */
  select: (toAnchor: boolean) => void;
  focus: () => void;
  isAtTop: () => boolean;
  scrollToTop: () => void;
};

type LogsTableProps<Row> = {
  kind: LogKind<Row>;
  items: readonly LogItem<Row>[];
  columns: LogColumns<Row>;
  selection: Selection;
  height: RowHeight;
  sort: SortOrder | null;
  openId: string | null;
  isBusy: boolean;
  hasNextPage: boolean;
  isLoadingMore: boolean;
  moreFailure: Failure | null;
  newCount: number;
  newOverflow: boolean;
  facts: ((column: LogColumn<Row>) => ReactNode) | null;
  /** A second row of the head, which stays in sight as the first. */
  figures: ReactNode | null;
  handle: Ref<LogsTableHandle>;
  onSort: (field: string) => void;
  onOpen: (item: LogItem<Row>) => void;
  onClose: () => void;
  onEnd: () => void;
  onShowNew: () => void;
};

/** All rows are equally high, so that only those in sight need be there. */
const ROWS: Record<RowHeight, { px: number; lines: number }> = {
  small: { px: 35, lines: 1 },
  medium: { px: 59, lines: 2 },
  large: { px: 107, lines: 5 },
};

export function LogsTable<Row>(props: LogsTableProps<Row>) {
  const { items, columns, openId, hasNextPage, onEnd, selection, kind } = props;
  const { px, lines } = ROWS[props.height];
  const headRows = props.figures ? 2 : 1;
  const scroller = useRef<HTMLDivElement>(null);
  const table = useLogRows({
    items,
    openId,
    rowPx: px,
    headPx: HEAD_PX + (props.figures ? FIGURES_PX : 0),
    scroller,
    onOpen: props.onOpen,
    onClose: props.onClose,
    onSelect: selection.toggle,
  });
  useImperativeHandle(props.handle, () => ({
    move: table.move,
    select: table.select,
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
        aria-label={kind.id.charAt(0).toUpperCase() + kind.id.slice(1)}
        aria-multiselectable
        aria-rowcount={items.length + headRows}
        aria-colcount={columns.headers.length + 1}
        aria-busy={props.isBusy}
        data-lines={lines}
        className={styles.grid}
        style={{ "--columns": `34px ${columns.template}`, "--row": `${px - 1}px`, "--lines": lines } as CSSProperties}
        onKeyDown={table.onKeyDown}
        tabIndex={-1}
      >
        <LogsTableHead
          columns={columns}
          sort={props.sort}
          selection={selection}
          onSort={props.onSort}
          facts={props.facts}
          figures={props.figures}
        />
        {/* biome-ignore lint/a11y/useSemanticElements: see above */}
        <div role="rowgroup" className={styles.body} style={{ height: table.height }}>
          {table.rows.map(({ item, index, top }) => (
            <LogsTableRow
              key={item.id}
              item={item}
              place={index + headRows + 1}
              top={top}
              columns={columns.shown}
              label={item.row ? kind.nameOf(item.row) : item.id}
              missing={`${kind.one} not yet received`}
              isSelected={selection.has(item.id)}
              isOpen={item.id === openId}
              isActive={item.id === table.activeId}
              wantsFocus={item.id === table.focusId}
              onFocused={table.onFocused}
              onActivate={() => table.activate(item.id)}
              onOpen={props.onOpen}
              onSelect={selection.toggle}
            />
          ))}
        </div>
        <LogsTableFoot {...props} many={kind.many} rowCount={items.length} isFull={isFull} />
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
