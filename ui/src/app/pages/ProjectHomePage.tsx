import { getRouteApi } from "@tanstack/react-router";
import { ThingLink } from "@/app/ThingLink";
import { WaitingQueues } from "@/features/annotations/WaitingQueues";
import { LatestExperiments } from "@/features/experiments/LatestExperiments";
import { LatestActivity } from "@/features/history/LatestActivity";
import { OpenIssues } from "@/features/insights/OpenIssues";
import { ProjectHome } from "@/features/projects/ProjectHome";

const route = getRouteApi("/$workspace/projects/$projectId/home");

export function ProjectHomePage() {
  const { workspace, projectId } = route.useParams();
  const navigate = route.useNavigate();
  const place = { workspace, projectId };
  return (
    <ProjectHome
      key={projectId}
      {...place}
      search={route.useSearch()}
      onSearch={(search) => navigate({ search, replace: true })}
      activity={<LatestActivity {...place} thingLink={(thing, name) => <ThingLink thing={thing}>{name}</ThingLink>} />}
    >
      <OpenIssues {...place} />
      <WaitingQueues {...place} />
      <LatestExperiments {...place} />
    </ProjectHome>
  );
}
