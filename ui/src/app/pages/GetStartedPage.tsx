import { getRouteApi } from "@tanstack/react-router";
import { GetStarted } from "@/features/projects/GetStarted";

const route = getRouteApi("/$workspace/get-started");

export function GetStartedPage() {
  const { workspace } = route.useParams();
  const navigate = route.useNavigate();
  return (
    <GetStarted
      onProjectOpen={(projectId) =>
        navigate({ to: "/$workspace/projects/$projectId/logs", params: { workspace, projectId }, search: {} })
      }
    />
  );
}
