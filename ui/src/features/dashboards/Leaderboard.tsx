import { Link, useParams } from "@tanstack/react-router";
import { Scrollable } from "@/components/Scrollable";
import { Time } from "@/components/Time";
import { Awaited } from "@/features/dashboards/Awaited";
import styles from "@/features/dashboards/Dashboard.module.css";
import { Note } from "@/features/dashboards/Note";
import { countOf, projectOf, settingOf } from "@/features/dashboards/settings";
import {
  type RankedExperiment,
  scoreNamesOf,
  scoreOf,
  useRankedExperiments,
} from "@/features/dashboards/useRankedExperiments";
import type { WidgetBodyProps } from "@/features/dashboards/WidgetBody";
import { useWidgetLines } from "@/features/dashboards/widgetLines";
import { formatCost, formatCount, formatDuration, formatScore } from "@/lib/format";

const SCORES_MAX = 6;

/** Experiments, the best first. */
export function Leaderboard({ widget, ...props }: WidgetBodyProps) {
  const rankedBy = widget.config.enableRanking ? settingOf(widget, "rankingMetric") : null;
  const { experiments, failure, refresh } = useRankedExperiments({
    projectId: projectOf(widget, props.projectId),
    filter: settingOf(widget, "filter"),
    rankedBy,
    // The direction as the published clients write it: true is “higher is better”.
    isAscending: widget.config.rankingDirection === false,
    most: countOf(widget, "maxRows", 10),
    revision: props.looked.revision,
  });
  const scores = scoreNamesOf(experiments ?? []).slice(0, SCORES_MAX);
  useWidgetLines(
    experiments &&
      (() => [
        [
          ...["experiment", "dataset", ...scores, "passed (part of 1)", "p50 (milliseconds)"],
          ...["cost of each (US dollars)", "traces (count)", "made (UTC)"],
        ],
        ...experiments.map((each) => [
          ...[each.name, each.dataset?.name, ...scores.map((score) => scoreOf(each, score)), each.figures.passRate],
          ...[each.figures.durationMs?.p50, each.figures.costMean, each.figures.traceCount, each.createdAt],
        ]),
      ]),
  );
  if (failure || !experiments) return <Awaited failure={failure} onRetry={refresh} />;
  if (experiments.length === 0) return <Note>no experiments yet</Note>;
  return (
    <Scrollable label={`${widget.title || "Leaderboard"}, scrollable`} className={styles.scroll}>
      <table className={styles.table}>
        <thead>
          <tr>
            <th scope="col">Experiment</th>
            <th scope="col" className={styles.words}>
              Dataset
            </th>
            {scores.map((name) => (
              <th key={name} scope="col">
                {name}
              </th>
            ))}
            <th scope="col">Passed</th>
            <th scope="col">Duration p50</th>
            <th scope="col">Cost of each</th>
            <th scope="col">Traces</th>
            <th scope="col">Made</th>
          </tr>
        </thead>
        <tbody>
          {experiments.map((experiment, at) => (
            <Row key={experiment.id} rank={rankedBy ? at + 1 : null} experiment={experiment} scores={scores} />
          ))}
        </tbody>
      </table>
    </Scrollable>
  );
}

type RowProps = { rank: number | null; experiment: RankedExperiment; scores: readonly string[] };

function Row({ rank, experiment, scores }: RowProps) {
  const { id, name, dataset, figures, createdAt } = experiment;
  const { workspace = "default", projectId } = useParams({ strict: false });
  return (
    <tr>
      <th scope="row">
        {rank !== null && <span className={styles.rank}>{rank}</span>}
        {projectId ? (
          <Link
            to="/$workspace/projects/$projectId/experiments/$datasetId/compare"
            params={{ workspace, projectId, datasetId: experiment.datasetId }}
            search={{ experiments: JSON.stringify([id]) }}
          >
            {name}
          </Link>
        ) : (
          name
        )}
      </th>
      <td className={styles.words}>{dataset?.name ?? "–"}</td>
      {scores.map((score) => {
        const value = scoreOf(experiment, score);
        return <td key={score}>{value === null ? "–" : formatScore(value)}</td>;
      })}
      <td>{figures.passRate == null ? "–" : `${formatScore(figures.passRate * 100)} %`}</td>
      <td>{formatDuration(figures.durationMs?.p50) || "–"}</td>
      <td>{formatCost(figures.costMean) || "–"}</td>
      <td>{formatCount(figures.traceCount)}</td>
      <td>
        <Time at={createdAt} style="relative" />
      </td>
    </tr>
  );
}
