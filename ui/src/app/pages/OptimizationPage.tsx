import { getRouteApi } from "@tanstack/react-router";
import { OptimizationRun } from "@/app/OptimizationRun";

const route = getRouteApi("/$workspace/projects/$projectId/optimizations/$optimizationId");

export function OptimizationPage() {
  const { workspace, projectId, optimizationId } = route.useParams();
  const navigate = route.useNavigate();
  return (
    <OptimizationRun
      workspace={workspace}
      projectId={projectId}
      optimizationId={optimizationId}
      search={route.useSearch()}
      onSearch={(search) => navigate({ search, replace: true })}
    />
  );
}
