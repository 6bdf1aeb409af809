import { type KeyboardEvent, useRef } from "react";
import { type RowFact, useRowFacts } from "@/features/spans/rowFacts";
import { SpanTreeRow } from "@/features/spans/SpanTreeRow";
import { stepTarget } from "@/features/spans/spanSteps";
import type { TimeRange } from "@/features/spans/spanTree";
import { TimeAxis } from "@/features/spans/TimeAxis";
import { treeAction } from "@/features/spans/treeKeys";
import type { SpanRows } from "@/features/spans/useSpanRows";
import { useTreeScroll } from "@/features/spans/useTreeScroll";
import styles from "./SpanTree.module.css";

type SpanTreeProps = {
  state: SpanRows;
  shown: TimeRange;
  /** With most of the room for the bars, under a scale of times. */
  isTimeline: boolean;
  selectedId: string;
  onSelect: (id: string) => void;
};

/** The bars have the room. */
const OVER_TIME: readonly RowFact[] = ["Bars", "Duration"];

export function SpanTree({ state, shown, isTimeline, selectedId, onSelect }: SpanTreeProps) {
  const scroller = useRef<HTMLDivElement>(null);
  const focusId = useRef<string | null>(null);
  const { rows, range, words, setExpanded } = state;
  const { shown: facts } = useRowFacts();
  const { shown: seen, height, rowsOnScreen } = useTreeScroll({ rows, selectedId, words, scroller });

  const select = (id: string) => {
    focusId.current = id;
    onSelect(id);
  };
  const onKeyDown = (event: KeyboardEvent<HTMLElement>) => {
    const at = event.target instanceof HTMLElement ? event.target.dataset.span : undefined;
    const step = at === undefined ? null : stepTarget(state.shownRoots, at, event.key);
    if (step) {
      state.reveal(step.id);
      select(step.id);
      event.stopPropagation();
      return;
    }
    const press = { key: event.key, at, rowsOnScreen: rowsOnScreen(), isSearching: words !== "" };
    const action = treeAction(rows, press);
    if (!action) return;
    event.preventDefault();
    event.stopPropagation();
    if (action.kind === "select") select(action.id);
    else setExpanded(action.id, action.isExpanded);
  };

  return (
    <div className={styles.frame} data-timeline={isTimeline || undefined}>
      {isTimeline && (
        <div className={styles.axis}>
          <TimeAxis shown={shown} startMs={range.startMs} />
        </div>
      )}
      <div
        ref={scroller}
        role="tree"
        aria-label={isTimeline ? "Spans over time" : "Spans of the trace"}
        className={styles.tree}
        onKeyDown={onKeyDown}
        tabIndex={-1}
      >
        <div role="none" className={styles.sizer} style={{ height }}>
          {seen.map(({ row, top, isTabStop }) => (
            <SpanTreeRow
              key={row.node.span.id}
              row={row}
              top={top}
              range={shown}
              isSelected={row.node.span.id === selectedId}
              isTabStop={isTabStop}
              wantsFocus={focusId}
              words={words}
              facts={isTimeline ? OVER_TIME : facts}
              onSelect={() => select(row.node.span.id)}
              onToggle={() => setExpanded(row.node.span.id, !row.isExpanded)}
            />
          ))}
        </div>
      </div>
    </div>
  );
}
