import { Eye, GitCompareArrows, History, Pencil } from "lucide-react";
import { useState } from "react";
import { useMutation } from "urql";
import { EmptyState } from "@/components/EmptyState";
import { Found } from "@/components/Found";
import { IconButton } from "@/components/IconButton";
import { type ListColumn, ListTable, RowNote, rowControl } from "@/components/ListTable";
import { TagList } from "@/components/TagList";
import { Time } from "@/components/Time";
import { EditVersionDialog } from "@/features/datasets/EditVersionDialog";
import { type Dataset, useVersions, type Version } from "@/features/datasets/useDataset";
import { VersionDiffDialog } from "@/features/datasets/VersionDiffDialog";
import { graphql } from "@/gql";
import { failureOf } from "@/lib/failure";
import { formatCount } from "@/lib/format";
import { showToast } from "@/lib/toasts";

const RestoreDatasetVersionMutation = graphql(`
  mutation RestoreDatasetVersion($datasetId: ID!, $version: String!) {
    restoreDatasetVersion(datasetId: $datasetId, version: $version) {
      id
      name
    }
  }
`);

type VersionsProps = { dataset: Dataset; refresh: () => void; onOpen: (hash: string | undefined) => void };

export function Versions({ dataset, refresh, onOpen }: VersionsProps) {
  const [, restore] = useMutation(RestoreDatasetVersionMutation);
  const list = useVersions(dataset.id);
  const [edited, setEdited] = useState<Version | null>(null);
  const [compared, setCompared] = useState<Version | null>(null);
  const onRestore = async ({ hash, name }: Version) => {
    const { data, error } = await restore({ datasetId: dataset.id, version: hash });
    if (!data) return showToast(error ? failureOf(error).message : "The server sent no answer.");
    showToast(`${data.restoreDatasetVersion.name} holds again what ${name} held.`);
    refresh();
    list.catchUp();
  };
  return (
    <Found what="versions" value={list.list} failure={list.list ? null : list.failure} onRetry={list.refresh}>
      {({ items }) =>
        items.length === 0 ? (
          <EmptyState title="No versions yet">The first items make the first one.</EmptyState>
        ) : (
          <>
            <ListTable
              label="Versions"
              columns={columnsOf({
                onOpen: (version) => onOpen(version.isLatest ? undefined : version.hash),
                oldestId: items.at(-1)?.id,
                onCompare: setCompared,
                onEdit: setEdited,
                onRestore,
              })}
              rows={items}
              keyOf={({ id }) => id}
              more={list.more}
            />
            <EditVersionDialog datasetId={dataset.id} version={edited} onClose={() => setEdited(null)} />
            <VersionDiffDialog
              datasetId={dataset.id}
              version={compared}
              versions={items}
              onClose={() => setCompared(null)}
            />
          </>
        )
      }
    </Found>
  );
}

type Act = (version: Version) => void;

type Acts = Record<"onOpen" | "onCompare" | "onEdit" | "onRestore", Act> & {
  /** Of those in sight; there is none before it. */
  oldestId: string | undefined;
};

const columnsOf = ({ oldestId, onOpen, onCompare, onEdit, onRestore }: Acts): ListColumn<Version>[] => [
  {
    label: "Version",
    cell: (version) => (
      <>
        <strong>{version.name}</strong> <code>{version.hash}</code>
        <RowNote>{version.description}</RowNote>
      </>
    ),
  },
  {
    label: "Changes",
    cell: ({ addedCount, modifiedCount, deletedCount }) => `+${addedCount} ~${modifiedCount} −${deletedCount}`,
  },
  { label: "Items", isNumeric: true, cell: (version) => formatCount(version.itemCount) },
  { label: "Tags", isMinor: true, cell: (version) => <TagList label="Tags" tags={version.tags} /> },
  { label: "Created", isMinor: true, cell: (version) => <Time at={version.createdAt} style="relative" /> },
  { label: "By", isMinor: true, cell: (version) => version.createdBy },
  {
    label: "",
    cell: (version) => (
      <div className={rowControl}>
        <IconButton label={`Items of ${version.name}`} onPress={() => onOpen(version)}>
          <Eye aria-hidden />
        </IconButton>
        {version.id !== oldestId && (
          <IconButton label={`What ${version.name} changed`} onPress={() => onCompare(version)}>
            <GitCompareArrows aria-hidden />
          </IconButton>
        )}
        <IconButton label={`Edit ${version.name}`} onPress={() => onEdit(version)}>
          <Pencil aria-hidden />
        </IconButton>
        {!version.isLatest && (
          <IconButton label={`Restore ${version.name}`} onPress={() => onRestore(version)}>
            <History aria-hidden />
          </IconButton>
        )}
      </div>
    ),
  },
];
