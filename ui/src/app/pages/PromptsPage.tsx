import { getRouteApi } from "@tanstack/react-router";
import { Prompts } from "@/features/prompts/Prompts";

const route = getRouteApi("/$workspace/projects/$projectId/prompts");

export function PromptsPage() {
  const { workspace, projectId } = route.useParams();
  const { name } = route.useSearch();
  const navigate = route.useNavigate();
  return (
    <Prompts
      workspace={workspace}
      projectId={projectId}
      name={name ?? ""}
      onSearch={(next) => navigate({ search: next ? { name: next } : {}, replace: true })}
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
