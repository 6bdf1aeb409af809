import { getRouteApi, Navigate } from "@tanstack/react-router";
import { OptimizationRun } from "@/app/OptimizationRun";
import { Skeleton } from "@/components/Skeleton";
import { useOptimizationHome } from "@/features/optimizations/useOptimizationHome";

const route = getRouteApi("/$workspace/optimizations/$optimizationId");

/** Leads to the project of an optimization; one without a project is shown here. */
export function OptimizationPlacePage() {
  const { workspace, optimizationId } = route.useParams();
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const projectId = useOptimizationHome(optimizationId);
  if (projectId === undefined) return <Skeleton label="Loading the optimization" />;
  if (projectId) {
    return (
      <Navigate
        to="/$workspace/projects/$projectId/optimizations/$optimizationId"
        params={{ workspace, projectId, optimizationId }}
        search={search}
        replace
      />
    );
  }
  return (
    <OptimizationRun
      workspace={workspace}
      projectId={null}
      optimizationId={optimizationId}
      search={search}
      onSearch={(next) => navigate({ search: next, replace: true })}
    />
  );
}
