import { getRouteApi } from "@tanstack/react-router";
import { Workspaces } from "@/features/workspaces/Workspaces";

const route = getRouteApi("/$workspace/workspaces");

export function WorkspacesPage() {
  const { workspace } = route.useParams();
  const { fork } = route.useSearch();
  const navigate = route.useNavigate();
  return (
    <Workspaces
      workspace={workspace}
      isForking={fork !== undefined}
      onForking={(isForking) => navigate({ search: { fork: isForking ? "true" : undefined }, replace: true })}
    />
  );
}
