import { getRouteApi } from "@tanstack/react-router";
import { TraceView } from "@/app/TraceView";

const route = getRouteApi("/$workspace/projects/$projectId/traces/$traceId");

export function TracePage() {
  const { traceId } = route.useParams();
  const { span } = route.useSearch();
  const navigate = route.useNavigate();
  return (
    <>
      <h1 className="visually-hidden">Trace</h1>
      <TraceView
        key={traceId}
        traceId={traceId}
        spanId={span}
        onSelect={(next) => navigate({ search: { span: next }, replace: true })}
      />
    </>
  );
}
