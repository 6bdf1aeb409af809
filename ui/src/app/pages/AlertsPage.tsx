import { getRouteApi } from "@tanstack/react-router";
import { Alerts } from "@/features/alerts/Alerts";

const route = getRouteApi("/$workspace/projects/$projectId/alerts");

export function AlertsPage() {
  const { workspace, projectId } = route.useParams();
  const navigate = route.useNavigate();
  return (
    <Alerts
      workspace={workspace}
      projectId={projectId}
      search={route.useSearch()}
      onSearch={(next) => navigate({ search: next, replace: true })}
      onCreate={() => navigate({ to: "/$workspace/projects/$projectId/alerts/new", params: { workspace, projectId } })}
    />
  );
}
