import { getRouteApi, Link } from "@tanstack/react-router";
import { useMemo, useState } from "react";
import { buttonClass } from "@/components/Button";
import { buildSpanTree } from "@/features/spans/spanTree";
import { useTraceSpans } from "@/features/spans/useTraceSpans";
import { type SideSpans, TraceComparison } from "@/features/traces/comparison/TraceComparison";

const route = getRouteApi("/$workspace/projects/$projectId/traces/$traceId/compare/$otherId");

export function TraceComparisonPage() {
  const { traceId, otherId } = route.useParams();
  const [reading, setReading] = useState(0);
  return <Compared key={`${traceId} ${otherId} ${reading}`} onRefresh={() => setReading(reading + 1)} />;
}

function Compared({ onRefresh }: { onRefresh: () => void }) {
  const { workspace, projectId, traceId, otherId } = route.useParams();
  const search = route.useSearch();
  const navigate = route.useNavigate();
  return (
    <TraceComparison
      leftId={traceId}
      rightId={otherId}
      left={useSideSpans(traceId)}
      right={useSideSpans(otherId)}
      search={search}
      traceLink={({ id, projectId: home }) => (
        <Link
          to="/$workspace/projects/$projectId/traces/$traceId"
          params={{ workspace, projectId: home, traceId: id }}
          search={{}}
          activeOptions={{ exact: true }}
          className={buttonClass("quiet")}
        >
          Open trace
        </Link>
      )}
      onSearch={(next) => navigate({ search: { ...next }, replace: true })}
      onSwap={() =>
        navigate({ params: { workspace, projectId, traceId: otherId, otherId: traceId }, search, replace: true })
      }
      onRefresh={onRefresh}
    />
  );
}

function useSideSpans(traceId: string): SideSpans {
  const { spans, ...read } = useTraceSpans(traceId, 0);
  const roots = useMemo(() => buildSpanTree(spans), [spans]);
  return { ...read, roots, count: spans.length };
}
