import { GitCompareArrows, Trash2 } from "lucide-react";
import { useState } from "react";
import { useMutation } from "urql";
import { Button } from "@/components/Button";
import { ConfirmDialog } from "@/components/ConfirmDialog";
import { useDeletionToast } from "@/entities/history/useDeletionToast";
import type { ExperimentItem } from "@/features/experiments/useExperimentList";
import { graphql } from "@/gql";
import { failureOf } from "@/lib/failure";
import { formatAmount, formatCount } from "@/lib/format";

const DeleteExperimentsMutation = graphql(`
  mutation DeleteExperiments($ids: [ID!]!) {
    deleteExperiments(ids: $ids)
  }
`);

type ChosenActionsProps = {
  items: readonly ExperimentItem[];
  onCompare: (datasetId: string, ids: readonly string[]) => void;
  onDeleted: () => void;
};

/** What can be done with the experiments that are chosen. */
export function ChosenActions({ items, onCompare, onDeleted }: ChosenActionsProps) {
  const [isDeleting, setDeleting] = useState(false);
  const [, deleteExperiments] = useMutation(DeleteExperimentsMutation);
  const showDeleted = useDeletionToast();
  const datasets = new Set(items.map(({ datasetId }) => datasetId));
  const [datasetId] = datasets;
  // The oldest is the measure of what came after it.
  const ids = items.toSorted((one, other) => (one.createdAt < other.createdAt ? -1 : 1)).map(({ id }) => id);
  const count = formatAmount(items.length, { one: "experiment", many: "experiments" });
  const onDelete = async () => {
    const { error } = await deleteExperiments({ ids });
    if (error) return failureOf(error).message;
    const [id] = ids;
    if (id) showDeleted({ text: `Deleted ${count}.`, id, kind: "experiment_deleted" });
    onDeleted();
    return null;
  };
  return (
    <>
      <Button
        kind="primary"
        isDisabled={items.length < 2 || datasets.size !== 1}
        onPress={() => datasetId && onCompare(datasetId, ids)}
      >
        <GitCompareArrows aria-hidden /> Compare {formatCount(items.length)}
      </Button>
      {datasets.size > 1 && <span role="status">Only experiments over one dataset can be compared.</span>}
      <Button onPress={() => setDeleting(true)}>
        <Trash2 aria-hidden /> Delete
      </Button>
      <ConfirmDialog
        title={`Delete ${count}?`}
        act="Delete"
        isOpen={isDeleting}
        onOpenChange={setDeleting}
        onConfirm={onDelete}
      >
        Their traces stay. They can be restored from the trash.
      </ConfirmDialog>
    </>
  );
}
