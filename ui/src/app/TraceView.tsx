import { Link, useParams } from "@tanstack/react-router";
import { type CSSProperties, useDeferredValue, useEffect } from "react";
import { Provider } from "urql";
import { CompareWithTrace } from "@/app/CompareWithTrace";
import { PastNotice } from "@/app/PastNotice";
import { PromptLink } from "@/app/PromptLink";
import { RunOfExperiment } from "@/app/RunOfExperiment";
import { TargetAside } from "@/app/TargetAside";
import { TraceMenu } from "@/app/TraceMenu";
import { usePayloadWays } from "@/app/usePayloadWays";
import { useShownTrace } from "@/app/useShownTrace";
import { ErrorState } from "@/components/ErrorState";
import { Resizer } from "@/components/Resizer";
import { Scrollable } from "@/components/Scrollable";
import { Skeleton } from "@/components/Skeleton";
import type { UsedPrompt } from "@/entities/details/usedPrompts";
import { PayloadWaysContext } from "@/entities/payload/usePathItems";
import { AddToDataset } from "@/features/datasets/AddToDataset";
import { HistorySection } from "@/features/history/HistorySection";
import type { Moment } from "@/features/history/moment";
import { SpanDetails } from "@/features/spans/SpanDetails";
import { SpanExplorer } from "@/features/spans/SpanExplorer";
import type { SpanView } from "@/features/spans/spanView";
import { ThreadLink } from "@/features/threads/ThreadLink";
import { TraceDetails } from "@/features/traces/TraceDetails";
import { TraceSummary } from "@/features/traces/TraceSummary";
import { useTrace } from "@/features/traces/useTrace";
import { formatInstant } from "@/lib/format";
import { rememberPlace } from "@/lib/recents";
import { parseNumber, useStored } from "@/lib/storage";
import styles from "./TraceView.module.css";

type TraceViewProps = {
  traceId: string;
  spanId: string | undefined;
  view: SpanView | undefined;
  /** Without a span: the trace itself. */
  onSelect: (spanId: string | undefined) => void;
  onView: (view: SpanView) => void;
  /** What is looked for among the spans. */
  find: string | undefined;
  onFind: (find: string | undefined) => void;
  /** Of the trace or the span that is chosen. */
  history: Moment | undefined;
  onHistory: (moment: Moment | undefined) => void;
};

/** A trace with its spans: what the panel over the list and the page of its own have in common. */
export function TraceView({ traceId, spanId, view = "tree", onSelect, onView, ...props }: TraceViewProps) {
  const { trace, failure, isLoading, revision, isDeleted, onRetry } = useTrace(traceId);
  const { workspace = "default" } = useParams({ strict: false });
  const { shown, root, state, errorCount } = useShownTrace({ trace, traceId, revision, moment: props.history });
  const [share, setShare] = useStored("trace.tree", parseNumber, 44);
  const selectedId = useDeferredValue(spanId ?? traceId);
  useEffect(() => {
    if (!trace) return;
    const href = `/${workspace}/projects/${trace.projectId}/traces/${trace.id}`;
    rememberPlace({ href, label: `${trace.name ?? "Trace"} of ${formatInstant(trace.startTime)}`, kind: "trace" });
  }, [trace, workspace]);
  const ways = usePayloadWays(trace?.projectId, selectedId === traceId ? "traces" : "spans");
  const target = { kind: selectedId === traceId ? ("TRACE" as const) : ("SPAN" as const), id: selectedId };

  if (!trace || !shown || !root) {
    if (isLoading) return <Skeleton label="Loading trace" rows={8} />;
    const message = failure?.message ?? "It does not exist, it was deleted, or only spans of it have arrived.";
    return <ErrorState title="The trace could not be read" message={message} onRetry={onRetry} />;
  }
  const promptLink = (prompt: UsedPrompt) => <PromptLink projectId={trace.projectId} prompt={prompt} />;
  return (
    <div className={styles.view}>
      {isDeleted && (
        <div role="alert" className={styles.notice}>
          This trace has been deleted. What you see is what was last read.
        </div>
      )}
      <TraceSummary trace={shown.trace} errorCount={errorCount} />
      <div className={styles.panes}>
        <div className={styles.left} style={{ "--share": `${share}%` } as CSSProperties}>
          <PastNotice state={state} />
          <Provider value={shown.client}>
            <SpanExplorer
              projectId={trace.projectId}
              find={props.find}
              onFind={props.onFind}
              trace={root}
              spans={shown.spans}
              view={view}
              onView={onView}
              selectedId={spanId ?? traceId}
              onSelect={(id) => onSelect(id === traceId ? undefined : id)}
            />
          </Provider>
        </div>
        <Resizer label="Width of the spans" value={share} min={20} max={75} onChange={setShare} />
        <Scrollable label="Details" className={styles.right}>
          {props.history ? (
            <HistorySection
              thing={{ id: selectedId, noun: selectedId === traceId ? "trace" : "span" }}
              moment={props.history}
              revision={revision}
              onMoment={props.onHistory}
            />
          ) : (
            <>
              <TargetAside
                target={target}
                onHistory={() => props.onHistory("changes")}
                menu={<TraceMenu trace={trace} />}
              >
                <AddToDataset projectId={trace.projectId} recorded={[target]} />
                <CompareWithTrace trace={trace} />
              </TargetAside>
              <PayloadWaysContext value={ways}>
                {selectedId === traceId ? (
                  <TraceDetails
                    traceId={traceId}
                    onSpan={onSelect}
                    promptLink={promptLink}
                    experimentLink={(experiment) => (
                      <RunOfExperiment projectId={trace.projectId} experiment={experiment} />
                    )}
                    threadLink={(name) => (
                      <ThreadLink
                        projectId={trace.projectId}
                        name={name}
                        link={(thread) => (
                          <Link
                            to="/$workspace/projects/$projectId/logs"
                            params={{ workspace, projectId: trace.projectId }}
                            search={{ logsType: "threads", thread }}
                          >
                            {name}
                          </Link>
                        )}
                      />
                    )}
                  />
                ) : (
                  <SpanDetails key={selectedId} spanId={selectedId} revision={revision} promptLink={promptLink} />
                )}
              </PayloadWaysContext>
            </>
          )}
        </Scrollable>
      </div>
    </div>
  );
}
