import { getRouteApi, Link } from "@tanstack/react-router";
import { FlaskConical } from "lucide-react";
import { buttonClass } from "@/components/Button";
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
      experiments={
        <Link
          to="/$workspace/projects/$projectId/experiments"
          params={{ workspace, projectId }}
          search={{ prompt: promptId }}
          className={buttonClass()}
        >
          <FlaskConical aria-hidden /> Experiments
        </Link>
      }
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
