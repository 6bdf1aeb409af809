import { Link } from "@tanstack/react-router";
import { Plus, Search } from "lucide-react";
import { useRef } from "react";
import { Button } from "@/components/Button";
import { ColumnChoice } from "@/components/ColumnChoice";
import { EmptyState } from "@/components/EmptyState";
import { Found } from "@/components/Found";
import { type ListColumn, ListTable, RowNote, rowLink } from "@/components/ListTable";
import { Page } from "@/components/Page";
import { SearchBox } from "@/components/SearchBox";
import { TagList } from "@/components/TagList";
import { Time } from "@/components/Time";
import { CreateDatasetDialog } from "@/features/datasets/CreateDatasetDialog";
import { type DatasetItem, useDatasetList } from "@/features/datasets/useDatasetList";
import { focusBox } from "@/lib/focusBox";
import { formatCount } from "@/lib/format";
import { useHotkeys } from "@/lib/hotkeys";
import { useColumnChoices } from "@/lib/useColumnChoices";

type DatasetsProps = {
  workspace: string;
  projectId: string;
  name: string;
  onSearch: (name: string) => void;
  /** Whether the form for a new one is open; the address keeps it. */
  isCreating: boolean;
  onCreating: (isCreating: boolean) => void;
  onDatasetOpen: (id: string) => void;
};

export function Datasets({
  workspace,
  projectId,
  name,
  onSearch,
  isCreating,
  onCreating,
  onDatasetOpen,
}: DatasetsProps) {
  const searchBox = useRef<HTMLInputElement>(null);
  const datasets = useDatasetList(projectId, name);
  const { list, failure } = datasets;
  const { first, others } = columnsOf(workspace, projectId);
  const columns = useColumnChoices({ key: "datasets.columns", columns: others, rare: RARE_COLUMNS });
  useHotkeys({ "/": () => focusBox(searchBox) });
  const create = (
    <Button kind="primary" onPress={() => onCreating(true)}>
      <Plus aria-hidden /> New dataset
    </Button>
  );
  const isEmpty = list?.totalCount === 0 && name === "";
  return (
    <Page
      title="Datasets"
      count={list?.totalCount}
      actions={
        !isEmpty && (
          <>
            <SearchBox
              label="Search datasets"
              placeholder="Search by name"
              shortcut="/"
              icon={<Search aria-hidden />}
              value={name}
              inputRef={searchBox}
              isInstant
              onSubmit={onSearch}
            />
            <ColumnChoice labels={columns.labels} shown={columns.shownLabels} onToggle={columns.toggle} />
            {create}
          </>
        )
      }
    >
      <Found what="datasets" value={failure ? null : list} failure={failure} onRetry={datasets.refresh}>
        {({ items, hasNextPage }) =>
          isEmpty ? (
            <EmptyState title="No datasets yet" actions={create}>
              A dataset holds what your application is tried with: write items, bring a file, or add traces from the
              logs.
            </EmptyState>
          ) : items.length === 0 ? (
            <EmptyState
              title="No dataset of that name"
              actions={<Button onPress={() => onSearch("")}>Clear search</Button>}
            />
          ) : (
            <ListTable
              label="Datasets"
              columns={[first, ...columns.shown]}
              rows={items}
              keyOf={({ id }) => id}
              isBusy={datasets.isLoading}
              more={
                hasNextPage
                  ? { failure: datasets.moreFailure, isLoading: datasets.isLoadingMore, onMore: datasets.loadMore }
                  : null
              }
            />
          )
        }
      </Found>
      <CreateDatasetDialog
        projectId={projectId}
        isOpen={isCreating}
        onOpenChange={onCreating}
        onDatasetCreated={onDatasetOpen}
      />
    </Page>
  );
}

type Column = ListColumn<DatasetItem>;

/** Columns that one asks for. */
const RARE_COLUMNS: readonly string[] = ["Last experiment", "Created", "Created by", "ID"];

const columnsOf = (workspace: string, projectId: string): { first: Column; others: Column[] } => ({
  first: {
    label: "Name",
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
  },
  others: [
    { label: "Type", isMinor: true, cell: ({ kind }) => (kind === "DATASET" ? "Dataset" : "Test suite") },
    { label: "Items", isNumeric: true, cell: (dataset) => formatCount(dataset.itemCount) },
    { label: "Versions", isNumeric: true, isMinor: true, cell: (dataset) => formatCount(dataset.versionCount) },
    { label: "Experiments", isNumeric: true, isMinor: true, cell: (dataset) => formatCount(dataset.experimentCount) },
    { label: "Tags", isMinor: true, cell: (dataset) => <TagList label="Tags" tags={dataset.tags} /> },
    { label: "Last updated", cell: (dataset) => <Time at={dataset.lastUpdatedAt} style="relative" /> },
    {
      label: "Last experiment",
      isMinor: true,
      cell: ({ lastExperimentAt: at }) => (at ? <Time at={at} style="relative" /> : "–"),
    },
    { label: "Created", isMinor: true, cell: ({ createdAt }) => <Time at={createdAt} style="relative" /> },
    { label: "Created by", isMinor: true, cell: ({ createdBy }) => createdBy },
    { label: "ID", isMinor: true, cell: ({ id }) => <code>{id}</code> },
  ],
});
