import { getRouteApi } from "@tanstack/react-router";
import { ExperimentComparison } from "@/app/ExperimentComparison";

const route = getRouteApi("/$workspace/projects/$projectId/experiments/$datasetId/compare");

export function ComparisonPage() {
  const { workspace, projectId } = route.useParams();
  const search = route.useSearch();
  const navigate = route.useNavigate();
  return (
    <ExperimentComparison
      workspace={workspace}
      projectId={projectId}
      search={search}
      onSearch={(next, replace) => navigate({ search: next, replace })}
    />
  );
}
