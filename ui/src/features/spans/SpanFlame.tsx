import { defaultRangeExtractor, useVirtualizer } from "@tanstack/react-virtual";
import { type KeyboardEvent, useEffect, useMemo, useRef } from "react";
import { flameTarget } from "@/features/spans/flameKeys";
import type { TreeEntry } from "@/features/spans/SpanTreeRow";
import { barsOfLanes, type LaidSpan } from "@/features/spans/spanLanes";
import { barOf, type TimePart, type TimeRange } from "@/features/spans/spanTree";
import { TimeAxis } from "@/features/spans/TimeAxis";
import type { SpanRows } from "@/features/spans/useSpanRows";
import { formatDuration } from "@/lib/format";
import styles from "./SpanFlame.module.css";

type SpanFlameProps = {
  state: SpanRows;
  laid: readonly LaidSpan<TreeEntry>[];
  shown: TimeRange;
  selectedId: string;
  onSelect: (id: string) => void;
  onShow: (part: TimePart) => void;
};

const LANE_PX = 22;

/** Spans as bars over time, each below its parent. */
export function SpanFlame({ state, laid, shown, selectedId, onSelect, onShow }: SpanFlameProps) {
  const { range, rows, words } = state;
  const scroller = useRef<HTMLDivElement>(null);
  const lanes = useMemo(() => barsOfLanes(laid, shown, selectedId), [laid, shown, selectedId]);
  const matching = useMemo(
    () => (words ? new Set(rows.filter((row) => !row.isContext).map((row) => row.node.span.id)) : null),
    [rows, words],
  );
  const selected = laid.find((bar) => bar.span.id === selectedId);
  const lane = selected?.lane ?? 0;
  const virtualizer = useVirtualizer({
    count: lanes.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => LANE_PX,
    overscan: 6,
    rangeExtractor: (seen) =>
      [...new Set([...defaultRangeExtractor(seen), lane])]
        .filter((index) => index < lanes.length)
        .sort((a, b) => a - b),
  });
  const { scrollToIndex } = virtualizer;
  useEffect(() => scrollToIndex(lane, { align: "auto" }), [lane, scrollToIndex]);

  const onKeyDown = (event: KeyboardEvent) => {
    const id = flameTarget(laid, selectedId, event.key);
    if (id === null) return;
    event.preventDefault();
    event.stopPropagation();
    onSelect(id);
  };
  const onZoom = (bar: LaidSpan<TreeEntry>) => {
    const total = range.endMs - range.startMs;
    onShow({
      from: (bar.startMs - range.startMs) / total,
      to: Math.max(bar.startMs + 1, bar.endMs) / total - range.startMs / total,
    });
  };
  return (
    <div className={styles.frame}>
      <TimeAxis shown={shown} startMs={range.startMs} />
      <div
        ref={scroller}
        role="tree"
        aria-label="Spans as a flame chart"
        aria-activedescendant={`flame-${selectedId}`}
        className={styles.flame}
        tabIndex={0}
        onKeyDown={onKeyDown}
      >
        <div role="none" className={styles.sizer} style={{ height: virtualizer.getTotalSize() }}>
          {virtualizer.getVirtualItems().map(({ index, start }) => (
            <div key={index} role="none" className={styles.lane} style={{ transform: `translateY(${start}px)` }}>
              {lanes[index]?.map((bar) => (
                <FlameBar
                  key={bar.span.id}
                  bar={bar}
                  shown={shown}
                  isSelected={bar.span.id === selectedId}
                  isFaded={matching !== null && !matching.has(bar.span.id)}
                  onSelect={() => onSelect(bar.span.id)}
                  onZoom={() => onZoom(bar)}
                />
              ))}
            </div>
          ))}
        </div>
      </div>
    </div>
  );
}

type FlameBarProps = {
  bar: LaidSpan<TreeEntry>;
  shown: TimeRange;
  isSelected: boolean;
  isFaded: boolean;
  onSelect: () => void;
  onZoom: () => void;
};

function FlameBar({ bar: { span, depth }, shown, isSelected, isFaded, onSelect, onZoom }: FlameBarProps) {
  const place = barOf(span, shown);
  if (!place) return null;
  const name = span.name ?? "unnamed";
  const duration = span.endTime ? formatDuration(span.durationMs) : "running";
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the chart handles the keys of its bars
    // biome-ignore lint/a11y/useFocusableInteractive: the chart has the focus and names its active bar
    <div
      id={`flame-${span.id}`}
      role="treeitem"
      aria-level={depth + 1}
      aria-selected={isSelected}
      aria-label={[name, duration, span.error && "failed"].filter(Boolean).join(", ")}
      title={`${name} · ${duration}`}
      className={styles.bar}
      data-kind={span.type}
      data-failed={span.error ? true : undefined}
      data-faded={isFaded || undefined}
      style={{ left: `${place.left}%`, width: `${place.width}%` }}
      onClick={onSelect}
      onDoubleClick={onZoom}
    >
      <span>{name}</span>
    </div>
  );
}
