import { Link } from "@tanstack/react-router";
import { DefinitionsLink } from "@/app/DefinitionsLink";
import { useOpenList } from "@/app/useOpenList";
import { belongingTo } from "@/entities/logs/logsSearch";
import { Comparison, type ComparisonLinks } from "@/features/experiments/Comparison";
import { readIds, writeIds } from "@/features/experiments/experimentIds";
import { Annotate } from "@/features/feedback/Annotate";
import { HistoryButton } from "@/features/history/HistoryButton";
import { parseMoment } from "@/features/history/moment";

export type ComparedSearch = Parameters<typeof Comparison>[0]["search"] & {
  experiments?: string | undefined;
  history?: string | undefined;
};

type ExperimentComparisonProps = {
  workspace: string;
  /** Null where the experiments stand outside of all projects. */
  projectId: string | null;
  search: ComparedSearch;
  onSearch: (search: ComparedSearch, replace: boolean) => void;
};

/** Experiments side by side, with the ways to what they came from. */
export function ExperimentComparison({ workspace, projectId, search, onSearch }: ExperimentComparisonProps) {
  const { experiments, history, ...rest } = search;
  const ids = readIds(experiments);
  const list = useOpenList(projectId ?? "");
  return (
    <Comparison
      ids={ids}
      search={rest}
      links={linksOf(workspace, projectId)}
      history={
        ids[0] && (
          <HistoryButton
            thing={{ id: ids[0], noun: "experiment" }}
            moment={parseMoment(history)}
            onMoment={(next) => onSearch({ experiments, ...rest, history: next }, false)}
          />
        )
      }
      onSearch={(next) => onSearch({ experiments, ...next }, true)}
      onTraces={projectId === null ? null : (chosen) => list(belongingTo("experiment_id", chosen))}
      onIds={(next) => onSearch({ ...rest, experiments: writeIds(next), item: undefined }, false)}
    />
  );
}

const linksOf = (workspace: string, projectId: string | null): ComparisonLinks => ({
  annotation: (traceId, onClose) => (
    <Annotate
      key={traceId}
      target={{ kind: "TRACE", id: traceId }}
      settings={<DefinitionsLink workspace={workspace} />}
      onClose={onClose}
    />
  ),
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
  // Without a project these lead to addresses that find the project themselves.
  optimization: (optimizationId, label) =>
    projectId ? (
      <Link
        to="/$workspace/projects/$projectId/optimizations/$optimizationId"
        params={{ workspace, projectId, optimizationId }}
        search={{}}
      >
        {label}
      </Link>
    ) : (
      <Link to="/$workspace/optimizations/$optimizationId" params={{ workspace, optimizationId }} search={{}}>
        {label}
      </Link>
    ),
  dataset: (datasetId, name) =>
    projectId ? (
      <Link
        to="/$workspace/projects/$projectId/datasets/$datasetId/items"
        params={{ workspace, projectId, datasetId }}
        search={{}}
      >
        {name}
      </Link>
    ) : (
      <Link to="/$workspace/datasets/$datasetId/items" params={{ workspace, datasetId }} search={{}}>
        {name}
      </Link>
    ),
});
