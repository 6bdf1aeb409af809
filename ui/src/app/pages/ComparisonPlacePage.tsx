import { getRouteApi, Navigate } from "@tanstack/react-router";
import { ExperimentComparison } from "@/app/ExperimentComparison";
import { Skeleton } from "@/components/Skeleton";
import { readIds } from "@/features/experiments/experimentIds";
import { useExperimentHome } from "@/features/experiments/useExperimentHome";

const route = getRouteApi("/$workspace/experiments/$datasetId/compare");

/** Leads to the project of the first experiment; those without a project are shown here. */
export function ComparisonPlacePage() {
  const { workspace, datasetId } = route.useParams();
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const projectId = useExperimentHome(readIds(search.experiments)[0]);
  if (projectId === undefined) return <Skeleton label="Loading the experiments" />;
  if (projectId) {
    return (
      <Navigate
        to="/$workspace/projects/$projectId/experiments/$datasetId/compare"
        params={{ workspace, projectId, datasetId }}
        search={search}
        replace
      />
    );
  }
  return (
    <ExperimentComparison
      workspace={workspace}
      projectId={null}
      search={search}
      onSearch={(next, replace) => navigate({ search: next, replace })}
    />
  );
}
