import { getRouteApi } from "@tanstack/react-router";
import { PromptView } from "@/features/prompts/PromptView";

const route = getRouteApi("/$workspace/projects/$projectId/prompts/$promptId");

export function PromptPage() {
  const { workspace, projectId, promptId } = route.useParams();
  const navigate = route.useNavigate();
  return (
    <PromptView
      key={promptId}
      promptId={promptId}
      search={route.useSearch()}
      onSearch={(search) => navigate({ search })}
      onDeleted={() =>
        navigate({ to: "/$workspace/projects/$projectId/prompts", params: { workspace, projectId }, search: {} })
      }
    />
  );
}
