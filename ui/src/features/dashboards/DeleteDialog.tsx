import { useMutation } from "urql";
import { ConfirmDialog } from "@/components/ConfirmDialog";
import { graphql } from "@/gql";
import { failureOf } from "@/lib/failure";
import { showToast } from "@/lib/toasts";

const DeleteDashboardsMutation = graphql(`
  mutation DeleteDashboards($ids: [ID!]!) {
    deleteDashboards(ids: $ids)
  }
`);

type DeleteDialogProps = {
  dashboard: { id: string; name: string };
  isOpen: boolean;
  onClose: () => void;
  onDeleted: () => void;
};

export function DeleteDialog({ dashboard: { id, name }, isOpen, onClose, onDeleted }: DeleteDialogProps) {
  const [, deleteDashboards] = useMutation(DeleteDashboardsMutation);
  const onConfirm = async () => {
    const { error } = await deleteDashboards({ ids: [id] });
    if (error) return failureOf(error).message;
    showToast(`Deleted the dashboard ${name}.`);
    onDeleted();
    return null;
  };
  return (
    <ConfirmDialog title={`Delete ${name}?`} act="Delete" isOpen={isOpen} onOpenChange={onClose} onConfirm={onConfirm}>
      Nothing of what it shows goes with it. This cannot be undone.
    </ConfirmDialog>
  );
}
