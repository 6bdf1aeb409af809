import { FileUp, ListChecks, Pencil, Trash2 } from "lucide-react";
import { type ReactNode, useState } from "react";
import { useMutation } from "urql";
import { Button } from "@/components/Button";
import { ConfirmDialog } from "@/components/ConfirmDialog";
import { ErrorState } from "@/components/ErrorState";
import { Found } from "@/components/Found";
import { Page } from "@/components/Page";
import { Segmented } from "@/components/Segmented";
import { TagList } from "@/components/TagList";
import { useDeletionToast } from "@/entities/history/useDeletionToast";
import { DeleteDatasetsMutation } from "@/features/datasets/deleteDatasets";
import { EditDatasetDialog } from "@/features/datasets/EditDatasetDialog";
import { ImportDialog } from "@/features/datasets/ImportDialog";
import { Items } from "@/features/datasets/Items";
import { TestSettingsDialog } from "@/features/datasets/TestSettingsDialog";
import { type Dataset, useDataset } from "@/features/datasets/useDataset";
import { Versions } from "@/features/datasets/Versions";
import { failureOf } from "@/lib/failure";
import { useRememberedPage } from "@/lib/recents";

export type DatasetSearch = {
  tab?: string | undefined;
  /** The hash of the version that is shown; absent: the newest. */
  version?: string | undefined;
  q?: string | undefined;
  filter?: string | undefined;
};

type DatasetViewProps = {
  datasetId: string;
  search: DatasetSearch;
  /** The way to the experiments over it. */
  experiments: ReactNode;
  /** The way to what happened to it. */
  history: ReactNode;
  /** To what an item was taken from. */
  traceLink: (traceId: string) => ReactNode;
  onSearch: (search: DatasetSearch) => void;
  onDeleted: () => void;
};

const TABS = [
  { id: "items", label: "Items" },
  { id: "versions", label: "Versions" },
] as const;

export function DatasetView({
  datasetId,
  search,
  experiments,
  history,
  traceLink,
  onSearch,
  onDeleted,
}: DatasetViewProps) {
  const { dataset, isMissing, failure, refresh } = useDataset(datasetId, search.version);
  useRememberedPage("dataset", dataset?.name);
  if (isMissing) return <ErrorState title="There is no such dataset" message="It may have been deleted." />;
  const tab = search.tab === "versions" ? "versions" : "items";
  return (
    <Page
      isWide
      title={dataset?.name ?? "Dataset"}
      about={
        dataset && (
          <>
            {dataset.description && <p>{dataset.description}</p>}
            <TagList label="Tags" tags={dataset.tags} />
          </>
        )
      }
      actions={
        dataset && (
          <>
            {experiments}
            {history}
            <DatasetActions dataset={dataset} refresh={refresh} onDeleted={onDeleted} />
          </>
        )
      }
    >
      <Found what="dataset" value={dataset} failure={failure} onRetry={refresh}>
        {(found) => (
          <>
            <div>
              <Segmented
                label="Part of the dataset"
                options={TABS}
                value={tab}
                onChange={(next) => onSearch({ ...search, tab: next === "items" ? undefined : next })}
              />
            </div>
            {tab === "items" ? (
              <Items dataset={found} {...{ search, traceLink, refresh, onSearch }} />
            ) : (
              <Versions dataset={found} refresh={refresh} onOpen={(version) => onSearch({ version })} />
            )}
          </>
        )}
      </Found>
    </Page>
  );
}

type DatasetActionsProps = { dataset: Dataset; refresh: () => void; onDeleted: () => void };

function DatasetActions({ dataset, refresh, onDeleted }: DatasetActionsProps) {
  const [asked, setAsked] = useState<"import" | "edit" | "delete" | "tests" | null>(null);
  const [, deleteDatasets] = useMutation(DeleteDatasetsMutation);
  const showDeleted = useDeletionToast();
  const opener = (name: typeof asked) => ({
    isOpen: asked === name,
    onOpenChange: (isOpen: boolean) => setAsked(isOpen ? name : null),
  });
  const onDelete = async () => {
    const { error } = await deleteDatasets({ ids: [dataset.id] });
    if (error) return failureOf(error).message;
    showDeleted({ text: `Deleted the dataset ${dataset.name}.`, id: dataset.id, kind: "dataset_deleted" });
    onDeleted();
    return null;
  };
  return (
    <>
      {dataset.kind === "EVALUATION_SUITE" && (
        <Button onPress={() => setAsked("tests")}>
          <ListChecks aria-hidden /> Test settings
        </Button>
      )}
      <Button onPress={() => setAsked("edit")}>
        <Pencil aria-hidden /> Edit
      </Button>
      <Button onPress={() => setAsked("delete")}>
        <Trash2 aria-hidden /> Delete
      </Button>
      <Button onPress={() => setAsked("import")}>
        <FileUp aria-hidden /> Import a file
      </Button>
      <ImportDialog dataset={dataset} onImported={refresh} {...opener("import")} />
      <TestSettingsDialog
        datasetId={dataset.id}
        {...opener("tests")}
        onSaved={() => {
          setAsked(null);
          refresh();
        }}
      />
      <EditDatasetDialog dataset={dataset} {...opener("edit")} />
      <ConfirmDialog title={`Delete ${dataset.name}?`} act="Delete" onConfirm={onDelete} {...opener("delete")}>
        Its items and versions go with it; experiments over it stay. It can be restored from the trash.
      </ConfirmDialog>
    </>
  );
}
