import { getRouteApi } from "@tanstack/react-router";
import { Glance } from "@/features/projects/Glance";

const route = getRouteApi("/$workspace/projects/$projectId/dashboards");

export function GlancePage() {
  const { projectId } = route.useParams();
  const navigate = route.useNavigate();
  return (
    <Glance
      key={projectId}
      projectId={projectId}
      search={route.useSearch()}
      onSearch={(search) => navigate({ search, replace: true })}
    />
  );
}
