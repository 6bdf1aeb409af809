import { type KeyboardEvent, useRef } from "react";
import { EmptyState } from "@/components/EmptyState";
import { SpanTreeFoot } from "@/features/spans/SpanTreeFoot";
import { SpanTreeRow, type TreeEntry } from "@/features/spans/SpanTreeRow";
import { SpanTreeTools } from "@/features/spans/SpanTreeTools";
import { treeAction } from "@/features/spans/treeKeys";
import { useSpanRows } from "@/features/spans/useSpanRows";
import type { useTraceSpans } from "@/features/spans/useTraceSpans";
import { useTreeScroll } from "@/features/spans/useTreeScroll";
import styles from "./SpanTree.module.css";

type SpanTreeProps = {
  /** The trace itself: the root of the tree. */
  trace: TreeEntry;
  spans: ReturnType<typeof useTraceSpans>;
  selectedId: string;
  onSelect: (id: string) => void;
};

export function SpanTree({ trace, spans, selectedId, onSelect }: SpanTreeProps) {
  const scroller = useRef<HTMLDivElement>(null);
  const focusId = useRef<string | null>(null);
  const { rows, range, query, words, setQuery, setExpanded, expandAll, collapseAll } = useSpanRows(trace, spans.spans);
  const { shown, height, rowsOnScreen } = useTreeScroll({ rows, selectedId, words, scroller });

  const select = (id: string) => {
    focusId.current = id;
    onSelect(id);
  };
  const onKeyDown = (event: KeyboardEvent<HTMLElement>) => {
    const at = event.target instanceof HTMLElement ? event.target.dataset.span : undefined;
    const press = { key: event.key, at, rowsOnScreen: rowsOnScreen(), isSearching: words !== "" };
    const action = treeAction(rows, press);
    if (!action) return;
    event.preventDefault();
    event.stopPropagation();
    if (action.kind === "select") select(action.id);
    else setExpanded(action.id, action.isExpanded);
  };

  return (
    <section className={styles.pane} aria-label="Spans">
      <SpanTreeTools query={query} onSearch={setQuery} onExpandAll={expandAll} onCollapseAll={collapseAll} />
      {words && rows.length === 0 ? (
        <EmptyState title="No span matches">Names, types, models, errors and IDs are searched here.</EmptyState>
      ) : (
        <div
          ref={scroller}
          role="tree"
          aria-label="Spans of the trace"
          className={styles.tree}
          onKeyDown={onKeyDown}
          tabIndex={-1}
        >
          <div role="none" className={styles.sizer} style={{ height }}>
            {shown.map(({ row, top, isTabStop }) => (
              <SpanTreeRow
                key={row.node.span.id}
                row={row}
                top={top}
                range={range}
                isSelected={row.node.span.id === selectedId}
                isTabStop={isTabStop}
                wantsFocus={focusId}
                words={words}
                onSelect={() => select(row.node.span.id)}
                onToggle={() => setExpanded(row.node.span.id, !row.isExpanded)}
              />
            ))}
          </div>
        </div>
      )}
      <SpanTreeFoot spans={spans} shown={words ? rows.filter((row) => !row.isContext).length : null} />
    </section>
  );
}
