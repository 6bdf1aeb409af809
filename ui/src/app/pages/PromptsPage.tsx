import { getRouteApi } from "@tanstack/react-router";
import { Prompts } from "@/features/prompts/Prompts";

const route = getRouteApi("/$workspace/projects/$projectId/prompts");

export function PromptsPage() {
  const { workspace, projectId } = route.useParams();
  const search = route.useSearch();
  const navigate = route.useNavigate();
  return (
    <Prompts
      workspace={workspace}
      projectId={projectId}
      search={search}
      onSearch={(next) => navigate({ search: next, replace: true })}
      onPromptOpen={(promptId) =>
        navigate({
          to: "/$workspace/projects/$projectId/prompts/$promptId",
          params: { workspace, projectId, promptId },
          search: {},
        })
      }
    />
  );
}
