import { type ReactNode, useState } from "react";
import { Button } from "@/components/Button";
import { FormActions, Problem } from "@/components/Form";
import { ModalDialog } from "@/components/ModalDialog";

type ConfirmDialogProps = {
  title: string;
  /** The name of the act, on its button. */
  act: string;
  isOpen: boolean;
  onOpenChange: (isOpen: boolean) => void;
  /** Says what went wrong, if something did. */
  onConfirm: () => Promise<string | null>;
  children: ReactNode;
};

/** Before what takes much away. */
export function ConfirmDialog({ title, act, isOpen, onOpenChange, onConfirm, children }: ConfirmDialogProps) {
  const [problem, setProblem] = useState<string | null>(null);
  const [isBusy, setBusy] = useState(false);
  const close = (open: boolean) => {
    setProblem(null);
    onOpenChange(open);
  };
  const confirm = async () => {
    setBusy(true);
    const said = await onConfirm();
    setBusy(false);
    if (said) setProblem(said);
    else close(false);
  };
  return (
    <ModalDialog title={title} isOpen={isOpen} onOpenChange={close}>
      <p>{children}</p>
      <Problem text={problem} />
      <FormActions>
        <Button kind="danger" autoFocus isDisabled={isBusy} onPress={confirm}>
          {act}
        </Button>
      </FormActions>
    </ModalDialog>
  );
}
