import { Link } from "@tanstack/react-router";
import { Maximize2 } from "lucide-react";
import { lazy, Suspense } from "react";
import { OpenPanel } from "@/app/OpenPanel";
import { buttonClass } from "@/components/Button";
import { Skeleton } from "@/components/Skeleton";
import type { Moment } from "@/features/history/moment";
import type { SpanView } from "@/features/spans/spanView";
import { patient } from "@/lib/patient";
import { writeQueryString } from "@/lib/queryString";

const TraceView = lazy(patient(async () => ({ default: (await import("@/app/TraceView")).TraceView })));

type TracePanelProps = {
  workspace: string;
  projectId: string;
  traceId: string;
  spanId: string | undefined;
  view: SpanView | undefined;
  onSelect: (spanId: string | undefined) => void;
  onView: (view: SpanView) => void;
  find: string | undefined;
  onFind: (find: string | undefined) => void;
  history: Moment | undefined;
  onHistory: (moment: Moment | undefined) => void;
  onMove: (step: number) => void;
  onClose: () => void;
};

export function TracePanel({ workspace, projectId, traceId, onMove, onClose, ...props }: TracePanelProps) {
  const search = { span: props.spanId, view: props.view, find: props.find, history: props.history };
  return (
    <OpenPanel
      noun="trace"
      id={traceId}
      path={() => `/${workspace}/projects/${projectId}/traces/${traceId}${writeQueryString(search)}`}
      page={
        <Link
          to="/$workspace/projects/$projectId/traces/$traceId"
          params={{ workspace, projectId, traceId }}
          search={search}
          className={buttonClass("quiet", true)}
          aria-label="Open as a page"
          title="Open as a page"
        >
          <Maximize2 aria-hidden />
        </Link>
      }
      onMove={onMove}
      onClose={onClose}
    >
      <Suspense fallback={<Skeleton label="Loading trace" />}>
        <TraceView key={traceId} traceId={traceId} {...props} />
      </Suspense>
    </OpenPanel>
  );
}
