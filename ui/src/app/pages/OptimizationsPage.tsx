import { getRouteApi } from "@tanstack/react-router";
import { Optimizations } from "@/features/optimizations/Optimizations";

const route = getRouteApi("/$workspace/projects/$projectId/optimizations");

export function OptimizationsPage() {
  const { workspace, projectId } = route.useParams();
  const navigate = route.useNavigate();
  return (
    <Optimizations
      workspace={workspace}
      projectId={projectId}
      search={route.useSearch()}
      onSearch={(search) => navigate({ search, replace: true })}
    />
  );
}
