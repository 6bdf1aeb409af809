import { CatalogPage } from "@/components/CatalogPage";
import { Choice } from "@/components/Choice";
import { ChosenDatasets } from "@/features/datasets/ChosenDatasets";
import { CreateDatasetDialog } from "@/features/datasets/CreateDatasetDialog";
import { DATASET_COLUMNS, datasetNameColumn, RARE_DATASET_COLUMNS } from "@/features/datasets/datasetColumns";
import { useDatasetList } from "@/features/datasets/useDatasetList";
import type { DatasetKind } from "@/gql/graphql";
import { NEWEST_FIRST, orderOf } from "@/lib/sortOrder";

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

export function Datasets({ workspace, projectId, search, onSearch, onDatasetOpen }: DatasetsProps) {
  const { name = "" } = search;
  const order = orderOf(search.sort, NEWEST_FIRST, (sort) => onSearch({ ...search, sort }));
  const kind = KINDS.find(({ id }) => id === search.kind)?.id ?? null;
  const onCreating = (isOpen: boolean) => onSearch({ ...search, create: isOpen ? "true" : undefined });
  return (
    <CatalogPage
      title="Datasets"
      kind={{ one: "dataset", many: "datasets" }}
      things={useDatasetList({ projectId, name, kind, sort: order.sort })}
      order={order}
      nameColumn={datasetNameColumn(workspace, projectId)}
      columns={DATASET_COLUMNS}
      rareColumns={RARE_DATASET_COLUMNS}
      name={name}
      onName={(next) => onSearch({ ...search, name: next })}
      filter={{
        isSet: kind !== null,
        control: (
          <Choice
            label="Type"
            value={kind ?? ""}
            onChange={(next) => onSearch({ ...search, kind: next || undefined })}
            empty="any"
            options={KINDS}
          />
        ),
      }}
      onClear={() => onSearch({ sort: search.sort })}
      acts={({ ids, clear }) => <ChosenDatasets ids={ids} onDeleted={clear} />}
      onCreate={() => onCreating(true)}
      empty="A dataset holds what your application is tried with: write items, bring a file, or add traces from the logs."
      {...(kind && { none: "None of that name and type" })}
    >
      <CreateDatasetDialog
        projectId={projectId}
        isOpen={search.create !== undefined}
        onOpenChange={onCreating}
        onDatasetCreated={onDatasetOpen}
      />
    </CatalogPage>
  );
}
