import { useMemo } from "react";
import { rootEntry } from "@/app/rootEntry";
import { SpanDetails } from "@/features/spans/SpanDetails";
import { SpanExplorer } from "@/features/spans/SpanExplorer";
import type { SpanView } from "@/features/spans/spanView";
import { useSpanTouches } from "@/features/spans/useSpanTouches";
import { useTraceSpans } from "@/features/spans/useTraceSpans";
import { useTrace, type ViewedTrace } from "@/features/traces/useTrace";
import { useThrottledChange } from "@/lib/useThrottledChange";
import styles from "./JobTrajectory.module.css";

const REFRESH_MS = 500;

export type TrajectorySearch = { span?: string | undefined; view?: SpanView | undefined };

type JobTrajectoryProps = {
  projectId: string;
  traceId: string;
  /** Of the log, from which on changes are followed. */
  position: string;
  search: TrajectorySearch;
  onSearch: (search: TrajectorySearch) => void;
};

/** What an agent does, span by span, while it does it. */
export function JobTrajectory({ projectId, traceId, position, search, onSearch }: JobTrajectoryProps) {
  const touches = useSpanTouches({ projectId, traceId, after: position });
  const { trace, revision, isLoading, onRetry } = useTrace(traceId);
  // Its program may tell of the trace a moment after the job began.
  useThrottledChange({
    revision: trace ? 0 : touches,
    intervalMs: REFRESH_MS,
    onChange: () => {
      if (isLoading) return false;
      onRetry();
      return true;
    },
  });
  return (
    <section aria-label="Trajectory" className={styles.trajectory}>
      <h3>Trajectory</h3>
      {trace ? (
        <Spans {...{ trace, search, onSearch }} revision={touches + revision} />
      ) : (
        <p className={styles.note}>The first step is on its way.</p>
      )}
    </section>
  );
}

type SpansProps = Pick<JobTrajectoryProps, "search" | "onSearch"> & { trace: ViewedTrace; revision: number };

function Spans({ trace, revision, search, onSearch }: SpansProps) {
  const spans = useTraceSpans(trace.id, revision);
  const root = useMemo(() => rootEntry(trace), [trace]);
  return (
    <>
      <div className={styles.spans}>
        <SpanExplorer
          projectId={trace.projectId}
          trace={root}
          spans={spans}
          view={search.view ?? "tree"}
          selectedId={search.span ?? trace.id}
          onSelect={(id) => onSearch({ ...search, span: id === trace.id ? undefined : id })}
          onView={(view) => onSearch({ ...search, view: view === "tree" ? undefined : view })}
        />
      </div>
      {search.span && (
        <div className={styles.details}>
          <SpanDetails key={search.span} spanId={search.span} revision={revision} />
        </div>
      )}
    </>
  );
}
