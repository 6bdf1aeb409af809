import { getRouteApi, Link } from "@tanstack/react-router";
import { JobTrajectory } from "@/app/JobTrajectory";
import { buttonClass } from "@/components/Button";
import { Found } from "@/components/Found";
import { useProjectName } from "@/features/projects/useProjectName";
import { AgentPlayground } from "@/features/runners/AgentPlayground";
import { parseSpanView } from "@/features/spans/spanView";

const route = getRouteApi("/$workspace/projects/$projectId/agent-playground");

export function AgentPlaygroundPage() {
  const { workspace, projectId } = route.useParams();
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const project = useProjectName(projectId);
  return (
    <Found what="project" value={project.name} failure={project.failure} onRetry={project.onRetry}>
      {(projectName) => (
        <AgentPlayground
          {...{ projectId, projectName }}
          search={{ agent: search.agent, job: search.job }}
          onSearch={(next) => navigate({ search: { ...next, view: search.view }, replace: next.job === search.job })}
          traceLink={(traceId) => (
            <Link
              to="/$workspace/projects/$projectId/traces/$traceId"
              params={{ workspace, projectId, traceId }}
              className={buttonClass("plain")}
            >
              View trace
            </Link>
          )}
          trajectory={({ traceId }, position) => (
            <JobTrajectory
              key={traceId}
              {...{ projectId, traceId, position }}
              search={{ span: search.span, view: parseSpanView(search.view) }}
              onSearch={(next) => navigate({ search: { ...search, ...next }, replace: true })}
            />
          )}
        />
      )}
    </Found>
  );
}
