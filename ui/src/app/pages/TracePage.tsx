import { getRouteApi } from "@tanstack/react-router";
import { TraceView } from "@/app/TraceView";
import { parseSpanView } from "@/features/spans/spanView";

const route = getRouteApi("/$workspace/projects/$projectId/traces/$traceId");

export function TracePage() {
  const { traceId } = route.useParams();
  const { span, view, find, history } = route.useSearch();
  const navigate = route.useNavigate();
  return (
    <>
      <h1 className="visually-hidden">Trace</h1>
      <TraceView
        key={traceId}
        traceId={traceId}
        spanId={span}
        view={view}
        onSelect={(next) => navigate({ search: (old) => ({ ...old, span: next }), replace: true })}
        onView={(next) => navigate({ search: (old) => ({ ...old, view: parseSpanView(next) }), replace: true })}
        find={find}
        onFind={(next) => navigate({ search: (old) => ({ ...old, find: next }), replace: true })}
        history={history}
        onHistory={(next) => navigate({ search: (old) => ({ ...old, history: next }) })}
      />
    </>
  );
}
