import { Link } from "@tanstack/react-router";
import { Badge } from "@/components/Badge";
import { chosenColumn } from "@/components/chosenColumn";
import { type ListColumn, RowNote, rowControl, rowLink } from "@/components/ListTable";
import { TagList } from "@/components/TagList";
import { Time } from "@/components/Time";
import { valueAt } from "@/entities/experiments/configuration";
import { ExperimentComments } from "@/features/experiments/ExperimentComments";
import { writeIds } from "@/features/experiments/experimentIds";
import { STATUS_TONES } from "@/features/experiments/statusTones";
import type { ExperimentItem } from "@/features/experiments/useExperimentList";
import { formatCost, formatCount, formatDuration, formatScore } from "@/lib/format";
import type { ChosenAll } from "@/lib/useChosen";

type Column = ListColumn<ExperimentItem>;

type ColumnsOptions = {
  workspace: string;
  projectId: string;
  items: readonly ExperimentItem[];
  chosen: readonly string[];
  toggle: (id: string) => void;
  all: ChosenAll;
  /** Those of the configuration that have a column. */
  paths: readonly string[];
};

/** Columns that one asks for. */
export const RARE_COLUMNS: readonly string[] = [
  "Kind",
  "Traces",
  "Duration p90",
  "Duration p99",
  "Cost of each",
  "Tokens of each",
  "Prompt",
  "Created by",
  "ID",
];

/** The name comes first and the choice last, whatever else is shown. */
export function experimentColumns(options: ColumnsOptions) {
  return {
    first: nameColumn(options),
    others: [...stateColumns, ...scoreColumns(options.items), ...figureColumns, ...originColumns(options)],
    ofPaths: options.paths.map(pathColumn),
    last: chosenColumn<ExperimentItem>(options),
  };
}

const nameColumn = ({ workspace, projectId }: ColumnsOptions): Column => ({
  label: "Name",
  sort: "name",
  cell: ({ id, name, datasetId, dataset, datasetVersion }) => (
    <>
      <Link
        to="/$workspace/projects/$projectId/experiments/$datasetId/compare"
        params={{ workspace, projectId, datasetId }}
        search={{ experiments: writeIds([id]) }}
        className={rowLink}
      >
        {name}
      </Link>
      <RowNote>
        {dataset?.name ?? "a deleted dataset"} {datasetVersion?.name}
      </RowNote>
    </>
  ),
});

/** How it was set up, at one path. */
const pathColumn = (path: string): Column => ({
  label: `metadata.${path}`,
  isMinor: true,
  cell: ({ metadata }) => valueAt(metadata ?? null, path) ?? "–",
});

const stateColumns: Column[] = [
  {
    label: "Status",
    isMinor: true,
    cell: ({ status }) => <Badge tone={STATUS_TONES[status]}>{status.toLowerCase()}</Badge>,
  },
  { label: "Kind", isMinor: true, cell: ({ kind }) => kind.toLowerCase().replace("_", "-") },
  { label: "Items", isNumeric: true, isMinor: true, cell: ({ itemCount }) => formatCount(itemCount) },
  {
    label: "Traces",
    sort: "trace_count",
    isNumeric: true,
    isMinor: true,
    cell: ({ figures }) => formatCount(figures.traceCount),
  },
];

const SCORE_COLUMNS_MAX = 30;
/** So many of them stand where there is little room, too. */
const SCORES_ALWAYS = 2;

/** Scores of the traces, and those of the whole under their own names. */
function scoreColumns(items: readonly ExperimentItem[]): Column[] {
  const namesIn = (read: (item: ExperimentItem) => readonly { name: string }[]) => [
    ...new Set(items.flatMap((item) => read(item).map(({ name }) => name))),
  ];
  const ofTraces = namesIn(({ figures }) => figures.feedbackScores);
  const ofWhole = namesIn(({ scores }) => scores).filter((name) => !ofTraces.includes(name));
  const column = (name: string, field: string, read: (item: ExperimentItem) => readonly Named[]): Column => ({
    label: name,
    sort: `${field}.${name}`,
    isNumeric: true,
    cell: (item) => {
      const found = read(item).find((score) => score.name === name);
      return found ? formatScore(found.value) : "–";
    },
  });
  return [
    ...ofTraces.map((name) => column(name, "feedback_scores", ({ figures }) => figures.feedbackScores)),
    ...ofWhole.map((name) => column(name, "experiment_scores", ({ scores }) => scores)),
  ]
    .slice(0, SCORE_COLUMNS_MAX)
    .map((column, at) => ({ ...column, isMinor: at >= SCORES_ALWAYS }));
}

type Named = { name: string; value: number };

const percentile = (name: "p50" | "p90" | "p99"): Column => ({
  label: `Duration ${name}`,
  sort: `duration.${name}`,
  isNumeric: true,
  isMinor: true,
  cell: ({ figures }) => formatDuration(figures.durationMs?.[name]) || "–",
});

const figureColumns: Column[] = [
  {
    label: "Passed",
    sort: "pass_rate",
    isNumeric: true,
    isMinor: true,
    cell: ({ figures: { passRate, passedCount, judgedCount } }) =>
      passRate == null ? (
        "–"
      ) : (
        <span title={`${formatCount(passedCount)} of ${formatCount(judgedCount)} items`}>
          {formatScore(100 * passRate)}%
        </span>
      ),
  },
  percentile("p50"),
  percentile("p90"),
  percentile("p99"),
  {
    label: "Cost",
    sort: "total_estimated_cost",
    isNumeric: true,
    isMinor: true,
    cell: ({ figures }) => formatCost(figures.cost) || "–",
  },
  {
    label: "Cost of each",
    sort: "total_estimated_cost_avg",
    isNumeric: true,
    isMinor: true,
    cell: ({ figures }) => formatCost(figures.costMean) || "–",
  },
  {
    label: "Tokens of each",
    sort: "usage.total_tokens",
    isNumeric: true,
    isMinor: true,
    cell: ({ figures }) => {
      const total = figures.usage.find(({ name }) => name === "total_tokens");
      return total ? formatCount(Math.round(total.value)) : "–";
    },
  },
];

const originColumns = ({ workspace, projectId }: ColumnsOptions): Column[] => [
  {
    label: "Prompt",
    sort: "prompt",
    isMinor: true,
    cell: ({ promptVersions }) => (
      <div className={rowControl}>
        {promptVersions.map(({ id, number, commit, prompt }) =>
          prompt ? (
            <Link
              key={id}
              to="/$workspace/projects/$projectId/prompts/$promptId"
              params={{ workspace, projectId, promptId: prompt.id }}
              search={{ version: id }}
            >
              {prompt.name} {number == null ? commit : `v${number}`}
            </Link>
          ) : null,
        )}
      </div>
    ),
  },
  {
    label: "Comments",
    sort: "comment_count",
    isMinor: true,
    cell: ({ comments, figures }) => <ExperimentComments comments={comments} count={figures.commentCount} />,
  },
  {
    label: "Tags",
    isMinor: true,
    cell: ({ name, tags }) => <TagList label={`Tags of ${name}`} tags={tags} />,
  },
  {
    label: "Created",
    sort: "created_at",
    isMinor: true,
    cell: ({ createdAt }) => <Time at={createdAt} style="relative" />,
  },
  { label: "Created by", sort: "created_by", isMinor: true, cell: ({ createdBy }) => createdBy },
  { label: "ID", isMinor: true, cell: ({ id }) => <code>{id}</code> },
];
