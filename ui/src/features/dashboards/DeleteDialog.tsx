import { useMutation } from "urql";
import { ConfirmDialog } from "@/components/ConfirmDialog";
import { useDeletionToast } from "@/entities/history/useDeletionToast";
import { DeleteDashboardsMutation } from "@/features/dashboards/deleteDashboards";
import { failureOf } from "@/lib/failure";

type DeleteDialogProps = {
  dashboard: { id: string; name: string };
  isOpen: boolean;
  onClose: () => void;
  onDeleted: () => void;
};

export function DeleteDialog({ dashboard: { id, name }, isOpen, onClose, onDeleted }: DeleteDialogProps) {
  const [, deleteDashboards] = useMutation(DeleteDashboardsMutation);
  const showDeleted = useDeletionToast();
  const onConfirm = async () => {
    const { error } = await deleteDashboards({ ids: [id] });
    if (error) return failureOf(error).message;
    showDeleted({ text: `Deleted the dashboard ${name}.`, id, kind: "dashboard_deleted" });
    onDeleted();
    return null;
  };
  return (
    <ConfirmDialog title={`Delete ${name}?`} act="Delete" isOpen={isOpen} onOpenChange={onClose} onConfirm={onConfirm}>
      Nothing of what it shows goes with it. It can be restored from the trash.
    </ConfirmDialog>
  );
}
