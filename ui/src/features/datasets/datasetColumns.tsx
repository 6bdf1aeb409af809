import { Link } from "@tanstack/react-router";
import { type ListColumn, RowNote, rowLink } from "@/components/ListTable";
import { ORIGIN_COLUMNS, UPDATED_COLUMN } from "@/components/originColumns";
import { TagList } from "@/components/TagList";
import { Time } from "@/components/Time";
import type { DatasetItem } from "@/features/datasets/useDatasetList";
import { formatCount } from "@/lib/format";

type Column = ListColumn<DatasetItem>;

/** Columns that one asks for. */
export const RARE_DATASET_COLUMNS: readonly string[] = [
  "Last experiment",
  "Optimizations",
  "Last optimization",
  "Created",
  "Created by",
  "ID",
];

export const datasetNameColumn = (workspace: string, projectId: string): Column => ({
  label: "Name",
  sort: "name",
  cell: (dataset) => (
    <>
      <Link
        to="/$workspace/projects/$projectId/datasets/$datasetId/items"
        params={{ workspace, projectId, datasetId: dataset.id }}
        search={{}}
        className={rowLink}
      >
        {dataset.name}
      </Link>
      <RowNote>{dataset.description}</RowNote>
    </>
  ),
});

export const DATASET_COLUMNS: readonly Column[] = [
  { label: "Type", sort: "kind", isMinor: true, cell: ({ kind }) => (kind === "DATASET" ? "Dataset" : "Test suite") },
  { label: "Items", sort: "item_count", isNumeric: true, cell: (dataset) => formatCount(dataset.itemCount) },
  {
    label: "Versions",
    sort: "version_count",
    isNumeric: true,
    isMinor: true,
    cell: (dataset) => formatCount(dataset.versionCount),
  },
  {
    label: "Experiments",
    sort: "experiment_count",
    isNumeric: true,
    isMinor: true,
    cell: (dataset) => formatCount(dataset.experimentCount),
  },
  { label: "Tags", isMinor: true, cell: (dataset) => <TagList label="Tags" tags={dataset.tags} /> },
  UPDATED_COLUMN,
  {
    label: "Last experiment",
    sort: "last_experiment_at",
    isMinor: true,
    cell: ({ lastExperimentAt: at }) => (at ? <Time at={at} style="relative" /> : "–"),
  },
  {
    label: "Optimizations",
    sort: "optimization_count",
    isNumeric: true,
    isMinor: true,
    cell: (dataset) => formatCount(dataset.optimizationCount),
  },
  {
    label: "Last optimization",
    sort: "last_optimization_at",
    isMinor: true,
    cell: ({ lastOptimizationAt: at }) => (at ? <Time at={at} style="relative" /> : "–"),
  },
  ...ORIGIN_COLUMNS,
];
