import { getRouteApi } from "@tanstack/react-router";
import { HistoryButton } from "@/features/history/HistoryButton";
import { parseMoment } from "@/features/history/moment";
import { PromptView } from "@/features/prompts/PromptView";

const route = getRouteApi("/$workspace/projects/$projectId/prompts/$promptId");

export function PromptPage() {
  const { workspace, projectId, promptId } = route.useParams();
  const { history, ...search } = route.useSearch();
  const navigate = route.useNavigate();
  return (
    <PromptView
      key={promptId}
      promptId={promptId}
      search={search}
      history={
        <HistoryButton
          thing={{ id: promptId, noun: "prompt" }}
          moment={parseMoment(history)}
          onMoment={(next) => navigate({ search: { ...search, history: next } })}
        />
      }
      onSearch={(next) => navigate({ search: next })}
      onDeleted={() =>
        navigate({ to: "/$workspace/projects/$projectId/prompts", params: { workspace, projectId }, search: {} })
      }
    />
  );
}
