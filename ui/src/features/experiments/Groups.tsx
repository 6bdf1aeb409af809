import { Link } from "@tanstack/react-router";
import { ChartFrame } from "@/components/charts/ChartFrame";
import { colorOf } from "@/components/charts/chart";
import { LazySequenceChart } from "@/components/charts/LazySequenceChart";
import { EmptyState } from "@/components/EmptyState";
import { Found } from "@/components/Found";
import { type ListColumn, ListTable, RowNote, rowLink } from "@/components/ListTable";
import type { ExperimentsSearch } from "@/features/experiments/Experiments";
import styles from "@/features/experiments/Experiments.module.css";
import { type Grouping, narrowTo } from "@/features/experiments/grouping";
import {
  type ExperimentGroup,
  ExperimentGroupFragment,
  GROUPS_WITHIN_MAX,
  type OuterGroup,
  useExperimentGroups,
} from "@/features/experiments/useExperimentGroups";
import { readFragment } from "@/gql";
import { formatAmount, formatCost, formatCount, formatDuration, formatScore } from "@/lib/format";

type GroupsProps = {
  workspace: string;
  projectId: string;
  groupings: readonly Grouping[];
  search: ExperimentsSearch;
  filter: string;
  hasTrials: boolean;
  revision: number;
};

const SCORE_COLUMNS_MAX = 12;
const SERIES_MAX = 6;
const CHART_PX = 240;

/** Experiments put together by what they have in common, with what each group comes to. */
export function Groups({ workspace, projectId, groupings, search, ...wanted }: GroupsProps) {
  const groups = useExperimentGroups({
    by: groupings,
    projectId,
    datasetId: search.dataset ?? null,
    promptId: search.prompt ?? null,
    ...wanted,
  });
  const { list, failure } = groups;
  return (
    <Found what="groups" value={failure ? null : list} failure={failure} onRetry={groups.refresh}>
      {({ items }) => {
        const rows = items.flatMap((item) => rowsOf(item, groupings));
        const names = [...new Set(rows.flatMap(({ group }) => [...scoresOf(group).keys()]))];
        return items.length === 0 ? (
          <EmptyState title="No groups">No experiment has something that puts it into one.</EmptyState>
        ) : (
          <>
            <GroupsChart rows={rows.filter(({ depth }) => depth === 0)} names={names} />
            <ListTable
              label="Groups of experiments"
              columns={columnsOf({ workspace, projectId, search, names })}
              rows={rows}
              keyOf={({ key }) => key}
              isBusy={groups.isLoading}
              more={groups.more}
            />
          </>
        );
      }}
    </Found>
  );
}

type Row = {
  key: string;
  depth: number;
  group: ExperimentGroup;
  places: { grouping: Grouping; value: string }[];
  /** Groups within that are not shown. */
  hiddenCount: number;
};

function rowsOf(outer: OuterGroup, [first, second]: readonly Grouping[]): Row[] {
  if (!first) return [];
  const place = { grouping: first, value: outer.value };
  const within = outer.groups.nodes.map((node) => readFragment(ExperimentGroupFragment, node));
  const hiddenCount = Math.max(0, outer.groups.totalCount - GROUPS_WITHIN_MAX);
  const group = readFragment(ExperimentGroupFragment, outer);
  const row = { key: JSON.stringify([outer.value]), depth: 0, group, places: [place], hiddenCount };
  if (!second) return [row];
  return [
    row,
    ...within.map((inner) => ({
      key: JSON.stringify([outer.value, inner.value]),
      depth: 1,
      group: inner,
      places: [place, { grouping: second, value: inner.value }],
      hiddenCount: 0,
    })),
  ];
}

const scoresOf = ({ figures }: ExperimentGroup) =>
  new Map([...figures.experimentScores, ...figures.feedbackScores].map(({ name, value }) => [name, value]));

const nameOf = ({ group, places }: Row) =>
  group.label ?? (places.at(-1)?.grouping.kind === "dataset" ? "a deleted dataset" : group.value);

type ColumnsOptions = Pick<GroupsProps, "workspace" | "projectId" | "search"> & { names: readonly string[] };

const columnsOf = ({ workspace, projectId, search, names }: ColumnsOptions): ListColumn<Row>[] => [
  {
    label: "Group",
    cell: (row) => (
      <div className={styles.group} data-depth={row.depth}>
        <Link
          to="/$workspace/projects/$projectId/experiments"
          params={{ workspace, projectId }}
          search={{ ...search, group: undefined, ...narrowTo(search, row.places) }}
          className={rowLink}
        >
          {nameOf(row)}
        </Link>
        {row.hiddenCount > 0 && (
          <RowNote>{formatAmount(row.hiddenCount, { one: "group", many: "groups" })} within are not shown</RowNote>
        )}
      </div>
    ),
  },
  { label: "Experiments", isNumeric: true, cell: ({ group }) => formatCount(group.experimentCount) },
  ...names.slice(0, SCORE_COLUMNS_MAX).map(
    (name, at): ListColumn<Row> => ({
      label: name,
      isNumeric: true,
      isMinor: at > 0,
      cell: ({ group }) => {
        const value = scoresOf(group).get(name);
        return value === undefined ? "–" : formatScore(value);
      },
    }),
  ),
  {
    label: "Passed",
    isNumeric: true,
    isMinor: true,
    cell: ({ group: { figures } }) =>
      figures.passRate == null ? (
        "–"
      ) : (
        <span title={`${formatCount(figures.passedCount)} of ${formatCount(figures.judgedCount)} items`}>
          {formatScore(100 * figures.passRate)}%
        </span>
      ),
  },
  { label: "Traces", isNumeric: true, isMinor: true, cell: ({ group }) => formatCount(group.figures.traceCount) },
  {
    label: "Duration p50",
    isNumeric: true,
    isMinor: true,
    cell: ({ group }) => formatDuration(group.figures.durationMs?.p50) || "–",
  },
  { label: "Cost", isNumeric: true, isMinor: true, cell: ({ group }) => formatCost(group.figures.cost) || "–" },
  {
    label: "Cost of each",
    isNumeric: true,
    isMinor: true,
    cell: ({ group }) => formatCost(group.figures.costMean) || "–",
  },
];

/** The scores of the groups beside each other. */
function GroupsChart({ rows, names }: { rows: readonly Row[]; names: readonly string[] }) {
  if (rows.length < 2 || names.length === 0) return null;
  const shown = names.slice(0, SERIES_MAX);
  const series = shown.map((label, at) => ({ label, color: colorOf(at), shape: "bar" as const }));
  const places = rows.map((row) => {
    const scores = scoresOf(row.group);
    return {
      id: row.key,
      label: nameOf(row),
      title: nameOf(row),
      note: formatAmount(row.group.experimentCount, { one: "experiment", many: "experiments" }),
      values: shown.map((name) => scores.get(name) ?? null),
    };
  });
  const lines = () => [
    ["group", "experiments", ...names],
    ...rows.map((row) => {
      const scores = scoresOf(row.group);
      return [nameOf(row), row.group.experimentCount, ...names.map((name) => scores.get(name))];
    }),
  ];
  return (
    <ChartFrame title="Scores of groups" value="means" series={series} lines={lines}>
      <LazySequenceChart label="Scores of groups" height={CHART_PX} {...{ places, series }} format={formatScore} />
    </ChartFrame>
  );
}
