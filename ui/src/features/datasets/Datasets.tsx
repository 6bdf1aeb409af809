import { Plus, Search } from "lucide-react";
import { useRef } from "react";
import { Button } from "@/components/Button";
import { Choice } from "@/components/Choice";
import { ColumnChoice } from "@/components/ColumnChoice";
import { chosenColumn } from "@/components/chosenColumn";
import { EmptyState } from "@/components/EmptyState";
import { Found } from "@/components/Found";
import { ListTable } from "@/components/ListTable";
import { Page } from "@/components/Page";
import { SearchBox } from "@/components/SearchBox";
import { ChosenDatasets } from "@/features/datasets/ChosenDatasets";
import { CreateDatasetDialog } from "@/features/datasets/CreateDatasetDialog";
import { datasetColumns, RARE_DATASET_COLUMNS } from "@/features/datasets/datasetColumns";
import { useDatasetList } from "@/features/datasets/useDatasetList";
import type { DatasetKind } from "@/gql/graphql";
import { focusBox } from "@/lib/focusBox";
import { useHotkeys } from "@/lib/hotkeys";
import { orderOf, type SortOrder } from "@/lib/sortOrder";
import { useChosen } from "@/lib/useChosen";
import { useColumnChoices } from "@/lib/useColumnChoices";

export type DatasetsSearch = {
  name?: string | undefined;
  sort?: string | undefined;
  kind?: string | undefined;
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

const KINDS: readonly { id: DatasetKind; label: string }[] = [
  { id: "DATASET", label: "Datasets" },
  { id: "EVALUATION_SUITE", label: "Test suites" },
];

const NEWEST: SortOrder = { field: "created_at", direction: "DESC" };

export function Datasets({ workspace, projectId, search, onSearch, onDatasetOpen }: DatasetsProps) {
  const searchBox = useRef<HTMLInputElement>(null);
  const name = search.name ?? "";
  const order = orderOf(search.sort, NEWEST, (sort) => onSearch({ ...search, sort }));
  const kind = KINDS.find(({ id }) => id === search.kind)?.id ?? null;
  const datasets = useDatasetList({ projectId, name, kind, sort: order.sort });
  const { list, failure } = datasets;
  const chosen = useChosen(list?.items ?? []);
  const { first, others } = datasetColumns(workspace, projectId);
  const columns = useColumnChoices({ key: "datasets.columns", columns: others, rare: RARE_DATASET_COLUMNS });
  useHotkeys({ "/": () => focusBox(searchBox) });
  const onName = (next: string) => onSearch({ ...search, name: next || undefined });
  const onCreating = (isOpen: boolean) => onSearch({ ...search, create: isOpen ? "true" : undefined });
  const create = (
    <Button kind="primary" onPress={() => onCreating(true)}>
      <Plus aria-hidden /> New dataset
    </Button>
  );
  const isEmpty = list?.totalCount === 0 && name === "" && !kind;
  return (
    <Page
      title="Datasets"
      count={list?.totalCount}
      actions={
        !isEmpty && (
          <>
            <ChosenDatasets ids={chosen.rows.map(({ id }) => id)} onDeleted={chosen.clear} />
            <Choice
              label="Type"
              value={kind ?? ""}
              onChange={(next) => onSearch({ ...search, kind: next || undefined })}
              empty="any"
              options={KINDS}
            />
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
            <NoneSuch hasKind={kind !== null} onClear={() => onSearch({ sort: search.sort })} />
          ) : (
            <ListTable
              label="Datasets"
              columns={[
                first,
                ...columns.shown,
                chosenColumn({ chosen: chosen.ids, toggle: chosen.toggle, all: chosen.all }),
              ]}
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

function NoneSuch({ hasKind, onClear }: { hasKind: boolean; onClear: () => void }) {
  return (
    <EmptyState
      title={hasKind ? "None of that name and type" : "No dataset of that name"}
      actions={<Button onPress={onClear}>Clear search</Button>}
    />
  );
}
