import { getRouteApi, Link } from "@tanstack/react-router";
import { Comparison, type ComparisonLinks } from "@/features/experiments/Comparison";
import { readIds, writeIds } from "@/features/experiments/experimentIds";
import { HistoryButton } from "@/features/history/HistoryButton";
import { parseMoment } from "@/features/history/moment";

const route = getRouteApi("/$workspace/projects/$projectId/experiments/$datasetId/compare");

export function ComparisonPage() {
  const { workspace, projectId } = route.useParams();
  const { experiments, history, ...search } = route.useSearch();
  const navigate = route.useNavigate();
  const ids = readIds(experiments);
  return (
    <Comparison
      ids={ids}
      search={search}
      links={linksOf(workspace, projectId)}
      history={
        ids[0] && (
          <HistoryButton
            thing={{ id: ids[0], noun: "experiment" }}
            moment={parseMoment(history)}
            onMoment={(next) => navigate({ search: { experiments, ...search, history: next } })}
          />
        )
      }
      onSearch={(next) => navigate({ search: { experiments, ...next }, replace: true })}
      onIds={(next) => navigate({ search: { ...search, experiments: writeIds(next), item: undefined } })}
    />
  );
}

const linksOf = (workspace: string, projectId: string): ComparisonLinks => ({
  trace: (home, traceId) => (
    <Link
      to="/$workspace/projects/$projectId/traces/$traceId"
      params={{ workspace, projectId: home, traceId }}
      search={{}}
    >
      Trace
    </Link>
  ),
  prompt: ({ id, prompt }, name) =>
    prompt ? (
      <Link
        to="/$workspace/projects/$projectId/prompts/$promptId"
        params={{ workspace, projectId: prompt.projectId, promptId: prompt.id }}
        search={{ version: id }}
      >
        {name}
      </Link>
    ) : (
      name
    ),
  optimization: (optimizationId, label) => (
    <Link
      to="/$workspace/projects/$projectId/optimizations/$optimizationId"
      params={{ workspace, projectId, optimizationId }}
      search={{}}
    >
      {label}
    </Link>
  ),
  dataset: (datasetId, name) => (
    <Link
      to="/$workspace/projects/$projectId/datasets/$datasetId/items"
      params={{ workspace, projectId, datasetId }}
      search={{}}
    >
      {name}
    </Link>
  ),
});
