import { getRouteApi } from "@tanstack/react-router";
import { Projects } from "@/features/projects/Projects";

const route = getRouteApi("/$workspace/projects");

export function ProjectsPage() {
  const { workspace } = route.useParams();
  const { name } = route.useSearch();
  const navigate = route.useNavigate();
  return (
    <Projects
      workspace={workspace}
      name={name ?? ""}
      onSearch={(next) => navigate({ search: next ? { name: next } : {}, replace: true })}
      onProjectOpen={(projectId) =>
        navigate({ to: "/$workspace/projects/$projectId/logs", params: { workspace, projectId }, search: {} })
      }
    />
  );
}
