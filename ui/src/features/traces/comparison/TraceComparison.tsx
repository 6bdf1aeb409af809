import { ArrowLeftRight, ChevronDown, ChevronUp, RefreshCw } from "lucide-react";
import { type CSSProperties, type ReactNode, useMemo } from "react";
import { Button } from "@/components/Button";
import { EmptyState } from "@/components/EmptyState";
import { ErrorState } from "@/components/ErrorState";
import { CheckField } from "@/components/Form";
import { IconButton } from "@/components/IconButton";
import { Resizer } from "@/components/Resizer";
import { Scrollable } from "@/components/Scrollable";
import { Skeleton } from "@/components/Skeleton";
import { ComparedDetails } from "@/features/traces/comparison/ComparedDetails";
import { ComparedTree } from "@/features/traces/comparison/ComparedTree";
import {
  comparedRows,
  countsOf,
  onlyDifferences,
  placeOf,
  type RowCounts,
  stepToDifference,
} from "@/features/traces/comparison/comparedRows";
import type { ComparedSpan } from "@/features/traces/comparison/comparedSpan";
import { FiguresTable } from "@/features/traces/comparison/FiguresTable";
import { amounts, figure, scoreFigures } from "@/features/traces/comparison/figures";
import { matchSpans, type SpanTreeNode } from "@/features/traces/comparison/matchSpans";
import { type ComparedTrace, useComparedTrace } from "@/features/traces/comparison/useComparedTrace";
import { TEXTS_MAX, useTextMarks } from "@/features/traces/comparison/useTextMarks";
import type { Failure } from "@/lib/failure";
import { formatCount, formatInstant } from "@/lib/format";
import { useHotkeys } from "@/lib/hotkeys";
import { parseNumber, useStored } from "@/lib/storage";
import styles from "./Comparison.module.css";

export type ComparisonSearch = { span?: string | undefined; only?: "differences" | undefined };

/** The spans of one side, as far as they are read. */
export type SideSpans = {
  roots: readonly SpanTreeNode<ComparedSpan>[];
  count: number;
  isLoading: boolean;
  hasMore: boolean;
  failure: Failure | null;
  onRetry: () => void;
};

type TraceComparisonProps = {
  leftId: string;
  rightId: string;
  left: SideSpans;
  right: SideSpans;
  search: ComparisonSearch;
  /** The way to one of the traces. */
  traceLink: (trace: { id: string; projectId: string }) => ReactNode;
  onSearch: (search: ComparisonSearch) => void;
  onSwap: () => void;
  onRefresh: () => void;
};

/** Two traces side by side: what they come to, their spans as one tree, and the texts of a span of both. */
export function TraceComparison(props: TraceComparisonProps) {
  const { left, right, onSwap, onRefresh } = props;
  const one = useComparedTrace(props.leftId);
  const other = useComparedTrace(props.rightId);
  useHotkeys({ s: onSwap, r: onRefresh });
  const missing = [one, other].find(({ problem }) => problem !== null);
  if (missing) {
    const title = `The trace on the ${missing === one ? "left" : "right"} could not be read`;
    return <ErrorState title={title} message={missing.problem ?? ""} onRetry={missing.onRetry} />;
  }
  const failed = [left, right].find(({ failure }) => failure !== null);
  if (failed) {
    return (
      <ErrorState
        title="The spans could not be read"
        message={failed.failure?.message ?? ""}
        onRetry={failed.onRetry}
      />
    );
  }
  if (!one.trace || !other.trace || left.isLoading || right.isLoading) {
    const count = left.count + right.count;
    return (
      <Skeleton label={count > 0 ? `Loading traces, ${formatCount(count)} spans so far` : "Loading traces"} rows={8} />
    );
  }
  return <Sides {...props} one={one.trace} other={other.trace} />;
}

type SidesProps = TraceComparisonProps & { one: ComparedTrace; other: ComparedTrace };

function Sides({ one, other, left, right, search, onSearch, ...props }: SidesProps) {
  const [share, setShare] = useStored("comparison.tree", parseNumber, 46);
  const texts = useTextMarks(one.id, other.id);
  const root = useMemo(
    () => matchSpans({ span: entryOf(one), children: left.roots }, { span: entryOf(other), children: right.roots }),
    [one, other, left.roots, right.roots],
  );
  const rows = useMemo(() => comparedRows(root, texts.marks), [root, texts.marks]);
  const differing = useMemo(() => onlyDifferences(rows), [rows]);
  const isOnly = search.only === "differences";
  const shown = isOnly ? differing : rows;
  const place = search.span === undefined ? -1 : placeOf(rows, search.span);
  const row = rows[place] ?? rows[0];
  const onRow = (id: string) => onSearch({ ...search, span: id });
  const step = (by: 1 | -1) => {
    const next = stepToDifference(rows, Math.max(0, place), by);
    if (next) onRow(next.id);
  };
  useHotkeys({
    n: () => step(1),
    p: () => step(-1),
    o: () => onSearch({ ...search, only: isOnly ? undefined : "differences" }),
  });
  const hasDifferences = rows.some(({ isDifference }) => isDifference);
  return (
    <div className={styles.view}>
      <header className={styles.heads}>
        <h1>Comparison of traces</h1>
        {[one, other].map((trace, side) => (
          <div key={side === 0 ? "left" : "right"} className={styles.side}>
            <strong>{side === 0 ? "Left" : "Right"}</strong>
            <span>
              {trace.name ?? "unnamed trace"}, {formatInstant(trace.startTime)}
            </span>
            {props.traceLink(trace)}
          </div>
        ))}
        <div className={styles.tools}>
          <Button onPress={props.onSwap} aria-keyshortcuts="S">
            <ArrowLeftRight aria-hidden /> Swap sides <kbd>S</kbd>
          </Button>
          <IconButton label="Read both again" shortcut="R" onPress={props.onRefresh}>
            <RefreshCw aria-hidden />
          </IconButton>
        </div>
      </header>
      <Notices {...{ one, other, left, right, texts }} />
      <div className={styles.panes}>
        <section className={styles.left} style={{ "--share": `${share}%` } as CSSProperties} aria-label="Spans">
          <div className={styles.tools}>
            <CheckField
              label="Only differences"
              value={isOnly}
              onChange={(value) => onSearch({ ...search, only: value ? "differences" : undefined })}
            />
            <span role="status" className={styles.counts}>
              {wordsOfCounts(countsOf(rows))}
            </span>
            <IconButton label="Next difference" shortcut="N" isDisabled={!hasDifferences} onPress={() => step(1)}>
              <ChevronDown aria-hidden />
            </IconButton>
            <IconButton label="Previous difference" shortcut="P" isDisabled={!hasDifferences} onPress={() => step(-1)}>
              <ChevronUp aria-hidden />
            </IconButton>
          </div>
          {shown.length === 0 ? (
            <EmptyState title={texts.isReading ? "Comparing the texts…" : "No differences"}>
              {!texts.isReading && "Both did the same and said the same; only times and costs may differ."}
            </EmptyState>
          ) : (
            <ComparedTree rows={shown} selectedId={row?.id ?? null} onSelect={onRow} />
          )}
        </section>
        <Resizer label="Width of the spans" value={share} min={20} max={75} onChange={setShare} />
        <Scrollable label="Details" className={styles.right}>
          {place <= 0 && <FiguresTable label="Summary" figures={summaryOf(one, other, { left, right })} />}
          {row && <ComparedDetails key={row.id} row={row} />}
        </Scrollable>
      </div>
    </div>
  );
}

function entryOf({ id, name, startTime, endTime, durationMs, totalTokens, cost, error }: ComparedTrace): ComparedSpan {
  return {
    ...{ id, startTime, type: "TRACE" as const },
    name: name ?? null,
    endTime: endTime ?? null,
    durationMs: durationMs ?? null,
    totalTokens: totalTokens ?? null,
    cost: cost ?? null,
    error: error ?? null,
  };
}

function summaryOf(one: ComparedTrace, other: ComparedTrace, spans: { left: SideSpans; right: SideSpans }) {
  const count = { format: formatCount, wanted: "neither" as const, hasShare: true };
  const errors = [errorsOf(one, spans.left), errorsOf(other, spans.right)];
  return [
    ...amounts(one, other),
    figure({ ...count, label: "Spans", left: one.spanCount, right: other.spanCount }),
    figure({ ...count, label: "LLM calls", left: one.llmSpanCount, right: other.llmSpanCount }),
    figure({ ...count, label: "Errors", left: errors[0], right: errors[1], wanted: "less", hasShare: false }),
    ...scoreFigures(one.feedbackScores, other.feedbackScores),
    ...scoreFigures(one.spanFeedbackScores, other.spanFeedbackScores).map((each) => ({
      ...each,
      label: `${each.label} of spans`,
    })),
  ];
}

function errorsOf({ error }: ComparedTrace, { roots }: SideSpans): number {
  let count = 0;
  const stack = [...roots];
  for (let node = stack.pop(); node; node = stack.pop()) {
    if (node.span.error) count += 1;
    stack.push(...node.children);
  }
  return Math.max(count, error ? 1 : 0);
}

function wordsOfCounts({ same, changed, left, right, unread }: RowCounts): string {
  const parts = [
    { count: same, word: "same" },
    { count: changed, word: "changed" },
    { count: left, word: "only left" },
    { count: right, word: "only right" },
    { count: unread, word: "not compared yet" },
  ];
  return parts
    .filter(({ count }) => count > 0)
    .map(({ count, word }) => `${formatCount(count)} ${word}`)
    .join(", ");
}

type NoticesProps = Pick<SidesProps, "one" | "other" | "left" | "right"> & { texts: ReturnType<typeof useTextMarks> };

/** What keeps the comparison from being whole. */
function Notices({ one, other, left, right, texts }: NoticesProps) {
  const said = [
    one.id === other.id && "Both sides are the same trace.",
    (!one.endTime || !other.endTime) && "A trace is still running; read both again to see what came since.",
    (left.hasMore || right.hasMore) && "A trace is so long that only the beginning of it is compared.",
    texts.isCut && `Inputs, outputs and metadata are compared for the first ${formatCount(TEXTS_MAX)} spans of a side.`,
    texts.failure && `Inputs, outputs and metadata could not be compared: ${texts.failure.message}`,
  ].filter((text) => typeof text === "string");
  if (said.length === 0) return null;
  return (
    <div role="status" className={styles.notice}>
      {said.join(" ")}
    </div>
  );
}
