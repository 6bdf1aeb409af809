import { getRouteApi } from "@tanstack/react-router";
import { Projects } from "@/features/projects/Projects";

const route = getRouteApi("/$workspace/projects");

export function ProjectsPage() {
  const { workspace } = route.useParams();
  const search = route.useSearch();
  const navigate = route.useNavigate();
  return (
    <Projects
      workspace={workspace}
      search={search}
      onSearch={(next) => navigate({ search: next, replace: true })}
      onProjectOpen={(projectId) =>
        navigate({ to: "/$workspace/projects/$projectId/logs", params: { workspace, projectId }, search: {} })
      }
    />
  );
}
