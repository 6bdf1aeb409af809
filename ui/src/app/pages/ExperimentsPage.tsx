import { getRouteApi } from "@tanstack/react-router";
import { useOpenList } from "@/app/useOpenList";
import { belongingTo } from "@/entities/logs/logsSearch";
import { Experiments } from "@/features/experiments/Experiments";
import { writeIds } from "@/features/experiments/experimentIds";
import { PromptName } from "@/features/prompts/PromptName";

const route = getRouteApi("/$workspace/projects/$projectId/experiments");

export function ExperimentsPage() {
  const { workspace, projectId } = route.useParams();
  const navigate = route.useNavigate();
  const list = useOpenList(projectId);
  return (
    <Experiments
      workspace={workspace}
      projectId={projectId}
      search={route.useSearch()}
      promptName={(promptId) => <PromptName promptId={promptId} />}
      onSearch={(search) => navigate({ search, replace: true })}
      onTraces={(ids) => list(belongingTo("experiment_id", ids))}
      onCompare={(datasetId, ids) =>
        navigate({
          to: "/$workspace/projects/$projectId/experiments/$datasetId/compare",
          params: { workspace, projectId, datasetId },
          search: { experiments: writeIds(ids) },
        })
      }
    />
  );
}
