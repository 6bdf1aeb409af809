import { getRouteApi } from "@tanstack/react-router";
import { NewAlert } from "@/features/alerts/NewAlert";

const route = getRouteApi("/$workspace/projects/$projectId/alerts/new");

export function NewAlertPage() {
  const { workspace, projectId } = route.useParams();
  const navigate = route.useNavigate();
  return (
    <NewAlert
      projectId={projectId}
      onMade={(alertId) =>
        navigate({
          to: "/$workspace/projects/$projectId/alerts/$alertId",
          params: { workspace, projectId, alertId },
          replace: true,
        })
      }
    />
  );
}
