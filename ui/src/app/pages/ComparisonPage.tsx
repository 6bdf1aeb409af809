import { getRouteApi, Link } from "@tanstack/react-router";
import { Comparison } from "@/features/experiments/Comparison";
import { readIds } from "@/features/experiments/experimentIds";

const route = getRouteApi("/$workspace/projects/$projectId/experiments/$datasetId/compare");

export function ComparisonPage() {
  const { workspace, projectId } = route.useParams();
  const { experiments, ...search } = route.useSearch();
  const navigate = route.useNavigate();
  return (
    <Comparison
      ids={readIds(experiments)}
      search={search}
      traceLink={(traceId) => (
        <Link
          to="/$workspace/projects/$projectId/traces/$traceId"
          params={{ workspace, projectId, traceId }}
          search={{}}
        >
          Trace
        </Link>
      )}
      onSearch={(next) => navigate({ search: { experiments, ...next }, replace: true })}
    />
  );
}
