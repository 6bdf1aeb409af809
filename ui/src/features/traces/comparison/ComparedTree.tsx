import { defaultRangeExtractor, useVirtualizer } from "@tanstack/react-virtual";
import { CircleAlert } from "lucide-react";
import { type KeyboardEvent, useEffect, useRef } from "react";
import { SpanKindIcon } from "@/entities/spans/SpanKindIcon";
import type { ComparedRow } from "@/features/traces/comparison/comparedRows";
import type { ComparedSpan } from "@/features/traces/comparison/comparedSpan";
import { SIGNS, wordsOfRow } from "@/features/traces/comparison/rowWords";
import { formatDuration } from "@/lib/format";
import styles from "./ComparedTree.module.css";

type ComparedTreeProps = {
  rows: readonly ComparedRow[];
  selectedId: string | null;
  onSelect: (id: string) => void;
};

const ROW_PX = 30;
const INDENT_PX = 12;
const INDENT_DEPTH_MAX = 24;

/** The spans of both traces as one tree. */
export function ComparedTree({ rows, selectedId, onSelect }: ComparedTreeProps) {
  const scroller = useRef<HTMLDivElement>(null);
  const selectedIndex = rows.findIndex(({ id }) => id === selectedId);
  const tabStop = Math.max(0, selectedIndex);
  const virtualizer = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW_PX,
    getItemKey: (index) => rows[index]?.id ?? index,
    overscan: 16,
    rangeExtractor: (shown) =>
      [...new Set([...defaultRangeExtractor(shown), tabStop])]
        .filter((index) => index < rows.length)
        .sort((a, b) => a - b),
  });
  const { scrollToIndex } = virtualizer;
  useEffect(() => {
    if (selectedIndex >= 0) scrollToIndex(selectedIndex, { align: "auto" });
  }, [selectedIndex, scrollToIndex]);
  // Whoever moves through the tree by key stays in it, also where a key of the page chose the row.
  useEffect(() => {
    const tree = scroller.current;
    if (selectedId === null || !tree?.contains(document.activeElement)) return;
    const row = [...tree.querySelectorAll<HTMLElement>("[data-row]")].find(({ dataset }) => dataset.row === selectedId);
    row?.focus({ preventScroll: true });
  }, [selectedId]);

  const onKeyDown = (event: KeyboardEvent<HTMLElement>) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const page = Math.max(1, Math.floor((scroller.current?.clientHeight ?? 0) / ROW_PX) - 1);
    const target = targetOf(rows, tabStop, { key: event.key, page });
    if (!target) return;
    event.preventDefault();
    event.stopPropagation();
    onSelect(target.id);
  };
  return (
    <div className={styles.frame}>
      <div className={styles.head} aria-hidden>
        <span>Spans</span>
        <span>Left</span>
        <span>Right</span>
      </div>
      <div
        ref={scroller}
        role="tree"
        aria-label="Spans of both traces"
        className={styles.tree}
        onKeyDown={onKeyDown}
        tabIndex={-1}
      >
        <div role="none" className={styles.sizer} style={{ height: virtualizer.getTotalSize() }}>
          {virtualizer.getVirtualItems().map(({ index, start }) => {
            const row = rows[index];
            if (!row) return null;
            return (
              <Row
                key={row.id}
                row={row}
                top={start}
                isSelected={index === selectedIndex}
                isTabStop={index === tabStop}
                onSelect={() => onSelect(row.id)}
              />
            );
          })}
        </div>
      </div>
    </div>
  );
}

type Press = { key: string; page: number };

/** Where a key leads from a row: up and down, to the parent and to the first child. */
function targetOf(rows: readonly ComparedRow[], at: number, { key, page }: Press): ComparedRow | undefined {
  const row = rows[at];
  if (!row) return undefined;
  switch (key) {
    case "ArrowDown":
      return rows[at + 1] ?? row;
    case "ArrowUp":
      return rows[at - 1] ?? row;
    case "PageDown":
      return rows[Math.min(rows.length - 1, at + page)];
    case "PageUp":
      return rows[Math.max(0, at - page)];
    case "Home":
      return rows[0];
    case "End":
      return rows.at(-1);
    case "ArrowLeft":
      return rows.slice(0, at).findLast(({ depth }) => depth < row.depth) ?? row;
    case "ArrowRight":
      return (rows[at + 1]?.depth ?? 0) > row.depth ? rows[at + 1] : row;
    case "Enter":
    case " ":
      return row;
    default:
      return undefined;
  }
}

type RowProps = { row: ComparedRow; top: number; isSelected: boolean; isTabStop: boolean; onSelect: () => void };

function Row({ row, top, isSelected, isTabStop, onSelect }: RowProps) {
  const { left, right, state } = row;
  const span = left ?? right;
  const said = [...row.parts, row.isMoved && "moved"].filter(Boolean).join(", ");
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the tree handles the keys of its rows
    <div
      role="treeitem"
      aria-level={row.depth + 1}
      aria-posinset={row.position}
      aria-setsize={row.siblings}
      aria-selected={isSelected}
      tabIndex={isTabStop ? 0 : -1}
      data-row={row.id}
      data-state={state}
      className={styles.row}
      style={{ transform: `translateY(${top}px)` }}
      onClick={onSelect}
    >
      <div className={styles.label} style={{ paddingLeft: Math.min(row.depth, INDENT_DEPTH_MAX) * INDENT_PX }}>
        <span className={styles.sign} title={wordsOfRow(row)} aria-hidden>
          {SIGNS[state]}
        </span>
        <SpanKindIcon kind={span?.type ?? "TRACE"} />
        <span className={styles.name}>{span?.name ?? "unnamed"}</span>
        <span className="visually-hidden">, {wordsOfRow(row)}</span>
        {said && (
          <span className={styles.parts} aria-hidden>
            {said}
          </span>
        )}
      </div>
      <Lasted side="left" span={left} />
      <Lasted side="right" span={right} />
    </div>
  );
}

function Lasted({ side, span }: { side: "left" | "right"; span: ComparedSpan | null }) {
  if (!span) return <span />;
  return (
    <span className={styles.duration}>
      <span className="visually-hidden">
        , {side} {span.error && "failed after "}
      </span>
      {span.error && <CircleAlert aria-hidden />}
      {span.endTime ? formatDuration(span.durationMs) : "running"}
    </span>
  );
}
