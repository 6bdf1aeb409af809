import { getRouteApi } from "@tanstack/react-router";
import { Experiments } from "@/features/experiments/Experiments";
import { writeIds } from "@/features/experiments/experimentIds";
import { PromptName } from "@/features/prompts/PromptName";

const route = getRouteApi("/$workspace/projects/$projectId/experiments");

export function ExperimentsPage() {
  const { workspace, projectId } = route.useParams();
  const navigate = route.useNavigate();
  return (
    <Experiments
      workspace={workspace}
      projectId={projectId}
      search={route.useSearch()}
      promptName={(promptId) => <PromptName promptId={promptId} />}
      onSearch={(search) => navigate({ search, replace: true })}
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
