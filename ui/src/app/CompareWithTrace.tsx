import { Link, useNavigate, useParams } from "@tanstack/react-router";
import { CompareWith } from "@/features/traces/comparison/CompareWith";

type CompareWithTraceProps = { trace: { id: string; projectId: string; name?: string | null } };

/** From an open trace to its comparison with another. */
export function CompareWithTrace({ trace }: CompareWithTraceProps) {
  const { workspace = "default" } = useParams({ strict: false });
  const navigate = useNavigate();
  const to = "/$workspace/projects/$projectId/traces/$traceId/compare/$otherId";
  const paramsOf = (otherId: string) => ({ workspace, projectId: trace.projectId, traceId: trace.id, otherId });
  return (
    <CompareWith
      trace={trace}
      link={(otherId, children) => (
        <Link to={to} params={paramsOf(otherId)} search={{}}>
          {children}
        </Link>
      )}
      onCompare={(otherId) => navigate({ to, params: paramsOf(otherId), search: {} })}
    />
  );
}
