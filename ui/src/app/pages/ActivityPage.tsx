import { getRouteApi } from "@tanstack/react-router";
import { ThingLink } from "@/app/ThingLink";
import { ProjectActivity } from "@/features/history/ProjectActivity";

const route = getRouteApi("/$workspace/projects/$projectId/activity");

export function ActivityPage() {
  const { workspace, projectId } = route.useParams();
  const navigate = route.useNavigate();
  return (
    <ProjectActivity
      key={projectId}
      {...{ workspace, projectId }}
      search={route.useSearch()}
      thingLink={(thing, name) => <ThingLink thing={thing}>{name}</ThingLink>}
      onSearch={(search) => navigate({ search, replace: true })}
    />
  );
}
