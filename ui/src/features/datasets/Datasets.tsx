import { Link } from "@tanstack/react-router";
import { Plus, Search } from "lucide-react";
import { useRef } from "react";
import { Button } from "@/components/Button";
import { ColumnChoice } from "@/components/ColumnChoice";
import { chosenColumn } from "@/components/chosenColumn";
import { EmptyState } from "@/components/EmptyState";
import { Found } from "@/components/Found";
import { type ListColumn, ListTable, RowNote, rowLink } from "@/components/ListTable";
import { Page } from "@/components/Page";
import { SearchBox } from "@/components/SearchBox";
import { TagList } from "@/components/TagList";
import { Time } from "@/components/Time";
import { ChosenDatasets } from "@/features/datasets/ChosenDatasets";
import { CreateDatasetDialog } from "@/features/datasets/CreateDatasetDialog";
import { type DatasetItem, useDatasetList } from "@/features/datasets/useDatasetList";
import { focusBox } from "@/lib/focusBox";
import { formatCount } from "@/lib/format";
import { useHotkeys } from "@/lib/hotkeys";
import { orderOf, type SortOrder } from "@/lib/sortOrder";
import { useChosen } from "@/lib/useChosen";
import { useColumnChoices } from "@/lib/useColumnChoices";

export type DatasetsSearch = {
  name?: string | undefined;
  sort?: string | undefined;
  /** Whether the form for a new one is open. */
  create?: string | undefined;
};

type DatasetsProps = {
  workspace: string;
  projectId: string;
  search: DatasetsSearch;
  onSearch: (search: DatasetsSearch) => void;
  onDatasetOpen: (id: string) => void;
};

const NEWEST: SortOrder = { field: "created_at", direction: "DESC" };

export function Datasets({ workspace, projectId, search, onSearch, onDatasetOpen }: DatasetsProps) {
  const searchBox = useRef<HTMLInputElement>(null);
  const name = search.name ?? "";
  const order = orderOf(search.sort, NEWEST, (sort) => onSearch({ ...search, sort }));
  const datasets = useDatasetList(projectId, name, order.sort);
  const { list, failure } = datasets;
  const chosen = useChosen(list?.items ?? []);
  const { first, others } = columnsOf(workspace, projectId);
  const columns = useColumnChoices({ key: "datasets.columns", columns: others, rare: RARE_COLUMNS });
  useHotkeys({ "/": () => focusBox(searchBox) });
  const onName = (next: string) => onSearch({ ...search, name: next || undefined });
  const onCreating = (isOpen: boolean) => onSearch({ ...search, create: isOpen ? "true" : undefined });
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
            <ChosenDatasets ids={chosen.rows.map(({ id }) => id)} onDeleted={chosen.clear} />
            <SearchBox
              label="Search datasets"
              placeholder="Search by name"
              shortcut="/"
              icon={<Search aria-hidden />}
              value={name}
              inputRef={searchBox}
              isInstant
              onSubmit={onName}
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
              actions={<Button onPress={() => onName("")}>Clear search</Button>}
            />
          ) : (
            <ListTable
              label="Datasets"
              columns={[first, ...columns.shown, chosenColumn({ chosen: chosen.ids, toggle: chosen.toggle })]}
              rows={items}
              keyOf={({ id }) => id}
              isBusy={datasets.isLoading}
              order={order}
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
        isOpen={search.create !== undefined}
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
  },
  others: [
    { label: "Type", sort: "kind", isMinor: true, cell: ({ kind }) => (kind === "DATASET" ? "Dataset" : "Test suite") },
    { label: "Items", sort: "item_count", isNumeric: true, cell: (dataset) => formatCount(dataset.itemCount) },
    {
      label: "Versions",
      sort: "version_count",
      isNumeric: true,
      isMinor: true,
      cell: (dataset) => formatCount(dataset.versionCount),
    },
    { label: "Experiments", isNumeric: true, isMinor: true, cell: (dataset) => formatCount(dataset.experimentCount) },
    { label: "Tags", isMinor: true, cell: (dataset) => <TagList label="Tags" tags={dataset.tags} /> },
    {
      label: "Last updated",
      sort: "last_updated_at",
      cell: (dataset) => <Time at={dataset.lastUpdatedAt} style="relative" />,
    },
    {
      label: "Last experiment",
      isMinor: true,
      cell: ({ lastExperimentAt: at }) => (at ? <Time at={at} style="relative" /> : "–"),
    },
    {
      label: "Created",
      sort: "created_at",
      isMinor: true,
      cell: ({ createdAt }) => <Time at={createdAt} style="relative" />,
    },
    { label: "Created by", sort: "created_by", isMinor: true, cell: ({ createdBy }) => createdBy },
    { label: "ID", isMinor: true, cell: ({ id }) => <code>{id}</code> },
  ],
});
