import { Link } from "@tanstack/react-router";
import { type ListColumn, RowNote, rowLink } from "@/components/ListTable";
import { Time } from "@/components/Time";
import { ScoreChange } from "@/features/optimizations/ScoreChange";
import { StatusBadge } from "@/features/optimizations/StatusBadge";
import { settingsOf } from "@/features/optimizations/trials";
import type { OptimizationItem } from "@/features/optimizations/useOptimizationList";
import { formatCost, formatCount, formatDuration } from "@/lib/format";

type Column = ListColumn<OptimizationItem>;

/** Columns that one asks for. */
export const RARE_OPTIMIZATION_COLUMNS: readonly string[] = [
  "Duration of the best",
  "Cost of the best",
  "Begun by",
  "ID",
];

export const optimizationNameColumn = (workspace: string, projectId: string): Column => ({
  label: "Name",
  sort: "name",
  cell: ({ id, name, metadata }) => (
    <>
      <Link
        to="/$workspace/projects/$projectId/optimizations/$optimizationId"
        params={{ workspace, projectId, optimizationId: id }}
        search={{}}
        className={rowLink}
      >
        {name}
      </Link>
      <RowNote>
        {settingsOf(metadata ?? null)
          .slice(0, 2)
          .map(({ value }) => value)
          .join(", ")}
      </RowNote>
    </>
  ),
});

export const OPTIMIZATION_COLUMNS: readonly Column[] = [
  {
    label: "Dataset",
    sort: "dataset_name",
    isMinor: true,
    cell: ({ datasetName }) => datasetName ?? "a deleted dataset",
  },
  { label: "Objective", sort: "objective_name", isMinor: true, cell: ({ objectiveName }) => objectiveName },
  { label: "Status", sort: "status", cell: ({ status }) => <StatusBadge status={status} /> },
  {
    label: "Best score",
    sort: "best_score",
    isNumeric: true,
    cell: ({ best, baseline }) => <ScoreChange score={best?.objectiveScore} from={baseline?.objectiveScore} />,
  },
  {
    label: "Duration of the best",
    isNumeric: true,
    isMinor: true,
    cell: ({ best }) => formatDuration(best?.duration) || "–",
  },
  { label: "Cost of the best", isNumeric: true, isMinor: true, cell: ({ best }) => formatCost(best?.cost) || "–" },
  {
    label: "Trials",
    sort: "trial_count",
    isNumeric: true,
    isMinor: true,
    cell: ({ trialCount }) => formatCount(trialCount),
  },
  {
    label: "Cost",
    sort: "total_cost",
    isNumeric: true,
    isMinor: true,
    cell: ({ totalCost }) => formatCost(totalCost) || "–",
  },
  {
    label: "Begun",
    sort: "created_at",
    isMinor: true,
    cell: ({ createdAt }) => <Time at={createdAt} style="relative" />,
  },
  { label: "Begun by", sort: "created_by", isMinor: true, cell: ({ createdBy }) => createdBy },
  {
    label: "Changed",
    sort: "last_updated_at",
    isMinor: true,
    cell: ({ lastUpdatedAt }) => <Time at={lastUpdatedAt} style="relative" />,
  },
  { label: "ID", isMinor: true, cell: ({ id }) => <code>{id}</code> },
];
