import { Undo2 } from "lucide-react";
import { useState } from "react";
import { Button } from "@/components/Button";
import { ConfirmDialog } from "@/components/ConfirmDialog";
import { useTakeBack } from "@/entities/history/useTakeBack";
import { showToast } from "@/lib/toasts";
import styles from "./History.module.css";

type UndoChangeProps = {
  change: { position: string };
  /** All that this request did goes with it. */
  request?: string | undefined;
  /** What the change is of: "trace". */
  noun: string;
  /** There was nothing before it. */
  isFirst: boolean;
  title: string;
  /** What the button says. */
  act?: string;
  onUndone: () => void;
};

/** Takes one change back, and offers the way back. */
export function UndoChange({
  change,
  request,
  noun,
  isFirst,
  title,
  act = "Undo this change",
  onUndone,
}: UndoChangeProps) {
  const { undo, undoRequest, undoTogether } = useTakeBack();
  const [isAsking, setAsking] = useState(false);
  const [isBusy, setBusy] = useState(false);
  const [refusal, setRefusal] = useState<string | null>(null);
  /** Says what went wrong, if something did. */
  const takeBack = async () => {
    const answer = request ? await undoRequest(request) : await undo(change.position);
    if ("refusal" in answer) return answer.refusal;
    onUndone();
    showToast(`Undone: ${title}.`, async () => {
      const again = request ? await undoTogether(answer.position) : await undo(answer.position);
      showToast("refusal" in again ? again.refusal : `Done again: ${title}.`);
    });
    return null;
  };
  const onPress = async () => {
    if (isFirst) return setAsking(true);
    setBusy(true);
    setRefusal(await takeBack());
    setBusy(false);
  };
  return (
    <>
      <Button isDisabled={isBusy} onPress={onPress}>
        <Undo2 aria-hidden /> {act}
      </Button>
      {refusal && (
        <p role="alert" className={styles.refusal}>
          Not undone: {refusal}
        </p>
      )}
      <ConfirmDialog
        title={`Undo how this ${noun} began?`}
        act={`Delete the ${noun}`}
        isOpen={isAsking}
        onOpenChange={setAsking}
        onConfirm={takeBack}
      >
        There was nothing before this change: the {noun} goes to the trash, with all that belongs to it.
      </ConfirmDialog>
    </>
  );
}
