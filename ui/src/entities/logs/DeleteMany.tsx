import type { CombinedError } from "@urql/core";
import { Trash2 } from "lucide-react";
import { type ReactNode, useState } from "react";
import { Button } from "@/components/Button";
import { ConfirmDialog } from "@/components/ConfirmDialog";
import { failureOf } from "@/lib/failure";
import { formatAmount } from "@/lib/format";
import { showToast } from "@/lib/toasts";

type DeleteManyProps = {
  kind: { one: string; many: string };
  ids: readonly string[];
  remove: (which: { ids: string[] }) => Promise<{ error?: CombinedError | undefined }>;
  onDeleted?: () => void;
  /** Says that it was done, if there is more to offer than the word. */
  tell?: (text: string) => void;
  /** What goes with them. */
  children: ReactNode;
};

/** The button that deletes many things at once, and the question before it. */
export function DeleteMany(props: DeleteManyProps) {
  const [isAsking, setAsking] = useState(false);
  return (
    <>
      <Button onPress={() => setAsking(true)}>
        <Trash2 aria-hidden /> Delete
      </Button>
      <DeleteDialog {...props} isOpen={isAsking} onOpenChange={setAsking} />
    </>
  );
}

type DeleteDialogProps = DeleteManyProps & { isOpen: boolean; onOpenChange: (isOpen: boolean) => void };

/** The question alone, for what is deleted from elsewhere. */
export function DeleteDialog(props: DeleteDialogProps) {
  const { kind, ids, remove, onDeleted, tell = showToast, isOpen, onOpenChange, children } = props;
  const amount = formatAmount(ids.length, kind);
  const onConfirm = async () => {
    const { error } = await remove({ ids: [...ids] });
    if (error) return failureOf(error).message;
    tell(`Deleted ${amount}.`);
    onDeleted?.();
    return null;
  };
  return (
    <ConfirmDialog
      title={`Delete ${amount}?`}
      act="Delete"
      isOpen={isOpen}
      onOpenChange={onOpenChange}
      onConfirm={onConfirm}
    >
      {children}
    </ConfirmDialog>
  );
}
