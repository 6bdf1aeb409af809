import { getRouteApi } from "@tanstack/react-router";
import { AlertView } from "@/features/alerts/AlertView";

const route = getRouteApi("/$workspace/projects/$projectId/alerts/$alertId");

export function AlertPage() {
  const { workspace, projectId, alertId } = route.useParams();
  const navigate = route.useNavigate();
  return (
    <AlertView
      key={alertId}
      projectId={projectId}
      alertId={alertId}
      onDeleted={() =>
        navigate({ to: "/$workspace/projects/$projectId/alerts", params: { workspace, projectId }, search: {} })
      }
    />
  );
}
