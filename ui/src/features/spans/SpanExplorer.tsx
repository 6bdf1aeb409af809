import { lazy, Suspense, useEffect, useEffectEvent, useMemo, useState } from "react";
import { EmptyState } from "@/components/EmptyState";
import { Skeleton } from "@/components/Skeleton";
import { QueryError } from "@/entities/logs/QueryError";
import { Minimap } from "@/features/spans/Minimap";
import { SpanFlame } from "@/features/spans/SpanFlame";
import { SpanTools } from "@/features/spans/SpanTools";
import { SpanTree } from "@/features/spans/SpanTree";
import { SpanTreeFoot } from "@/features/spans/SpanTreeFoot";
import type { TreeEntry } from "@/features/spans/SpanTreeRow";
import { layLanes } from "@/features/spans/spanLanes";
import { STEP_KEYS, stepTarget } from "@/features/spans/spanSteps";
import { partOf, type TimePart } from "@/features/spans/spanTree";
import { SPAN_VIEWS, type SpanView } from "@/features/spans/spanView";
import { useSpanRows } from "@/features/spans/useSpanRows";
import type { ReadSpans } from "@/features/spans/useTraceSpans";
import { useHotkeys } from "@/lib/hotkeys";
import { patient } from "@/lib/patient";
import { useDebounced } from "@/lib/useDebounced";
import styles from "./SpanExplorer.module.css";

const SpanTranscript = lazy(
  patient(async () => ({ default: (await import("@/features/spans/SpanTranscript")).SpanTranscript })),
);
const SpanGraph = lazy(patient(async () => ({ default: (await import("@/features/spans/SpanGraph")).SpanGraph })));

type SpanExplorerProps = {
  projectId: string;
  /** The trace itself: the root of the spans. */
  trace: TreeEntry;
  spans: ReadSpans;
  view: SpanView;
  selectedId: string;
  onSelect: (id: string) => void;
  onView: (view: SpanView) => void;
  /** What is looked for among the spans, where the address keeps it. */
  find?: string | undefined;
  onFind?: (find: string | undefined) => void;
};

const ERROR_ID = "span-query-error";
const FIND_MS = 300;
const EVERYTHING: TimePart = { from: 0, to: 1 };

/** The spans of a trace in one of several views, under a map of the whole. */
export function SpanExplorer({
  projectId,
  trace,
  spans,
  view,
  selectedId,
  onSelect,
  onView,
  ...props
}: SpanExplorerProps) {
  const { find = "" } = props;
  const state = useSpanRows({ projectId, trace, read: spans, selectedId, find });
  useKeptFind(state.query, find, props.onFind);
  const [part, setPart] = useState(EVERYTHING);
  const { shownRoots, range, rows, words } = state;
  const laid = useMemo(() => layLanes(shownRoots, range), [shownRoots, range]);
  const shown = useMemo(() => partOf(range, part), [range, part]);
  const hasTime = view !== "transcript" && view !== "graph";
  const onStep = (key: string) => {
    const target = stepTarget(hasTime ? shownRoots : state.roots, selectedId, key);
    if (!target) return;
    state.reveal(target.id);
    onSelect(target.id);
  };
  useHotkeys({
    ...Object.fromEntries(SPAN_VIEWS.map((name, index) => [String(index + 1), () => onView(name)])),
    ...Object.fromEntries(STEP_KEYS.map((key) => [key, () => onStep(key)])),
  });

  const common = { state, shown, selectedId, onSelect };
  return (
    <section className={styles.pane} aria-label="Spans">
      <SpanTools {...{ projectId, state, view, onView, onSelect }} errorId={state.failure ? ERROR_ID : undefined} />
      {state.failure && <QueryError id={ERROR_ID} text={state.query.trim()} failure={state.failure} />}
      {spans.spans.length > 0 && hasTime && (
        <Minimap laid={laid} range={range} part={part} selectedId={selectedId} onChange={setPart} />
      )}
      {words && rows.length === 0 ? (
        <EmptyState title="No span matches">
          Words are looked for, and conditions such as <code>error:true</code>.
        </EmptyState>
      ) : view === "transcript" ? (
        <Suspense fallback={<Skeleton label="Loading transcript" />}>
          <SpanTranscript {...common} />
        </Suspense>
      ) : view === "graph" ? (
        <Suspense fallback={<Skeleton label="Loading graph" />}>
          <SpanGraph {...common} />
        </Suspense>
      ) : view === "flame" ? (
        <SpanFlame {...common} laid={laid} onShow={setPart} />
      ) : (
        <SpanTree key={view} {...common} isTimeline={view === "timeline"} />
      )}
      <SpanTreeFoot
        spans={spans}
        shown={words ? rows.filter((row) => !row.isContext).length : null}
        hidden={hasTime ? state.hiddenCount : 0}
      />
    </section>
  );
}

/** The box leads while somebody types; the address follows when the text stands still. */
function useKeptFind(query: string, kept: string, onFind: SpanExplorerProps["onFind"]): void {
  const settled = useDebounced(query.trim(), FIND_MS);
  const keep = useEffectEvent((find: string) => {
    if (find !== kept) onFind?.(find || undefined);
  });
  useEffect(() => keep(settled), [settled]);
}
