import { Undo2 } from "lucide-react";
import { useState } from "react";
import { Button } from "@/components/Button";
import { ConfirmDialog } from "@/components/ConfirmDialog";
import { useTakeBack } from "@/entities/history/useTakeBack";
import type { Change } from "@/features/history/useHistory";
import type { UndoOutcome } from "@/gql/graphql";
import { showToast } from "@/lib/toasts";
import styles from "./History.module.css";

type UndoChangeProps = {
  /** What taking it back comes to is asked where it is not known. */
  change: Pick<Change, "position"> & Partial<Pick<Change, "undoOutcome">>;
  /** All that this request did goes with it. */
  request?: string | undefined;
  /** What the change is of: "trace". */
  noun: string;
  title: string;
  /** What the button says. */
  act?: string;
  onUndone: () => void;
};

/** Takes one change back, and offers the way back. */
export function UndoChange({ change, request, noun, title, act = "Undo this change", onUndone }: UndoChangeProps) {
  const { undo, undoRequest, undoTogether, outcomeOf } = useTakeBack();
  const [isAsking, setAsking] = useState(false);
  const [isBusy, setBusy] = useState(false);
  const [refusal, setRefusal] = useState<string | null>(null);
  const [asked, setAsked] = useState<UndoOutcome | null>(null);
  const end = endOf(noun, change.undoOutcome ?? asked);
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
    setBusy(true);
    const outcome = change.undoOutcome === undefined ? await outcomeOf(change.position) : change.undoOutcome;
    setAsked(outcome ?? null);
    if (endOf(noun, outcome)) setAsking(true);
    else setRefusal(await takeBack());
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
      {end && (
        <ConfirmDialog
          title={`Undo how this ${noun} began?`}
          act={end.act}
          isOpen={isAsking}
          onOpenChange={setAsking}
          onConfirm={takeBack}
        >
          There was nothing before this change: {end.words}
        </ConfirmDialog>
      )}
    </>
  );
}

/** What becomes of a thing whose first change is taken back; null of any other change. */
function endOf(noun: string, outcome: Change["undoOutcome"]) {
  switch (outcome) {
    case "TRASHED":
      return { act: `Delete the ${noun}`, words: `the ${noun} goes to the trash, with all that belongs to it.` };
    case "DELETED":
      return {
        act: `Delete the ${noun}`,
        words: `the ${noun} is deleted, with all that belongs to it. Its history stays, and there the deletion can be undone.`,
      };
    case "ENDED":
      return {
        act: `End the ${noun}`,
        words: `the ${noun} ends. From now on it does nothing more; it stays among those that have ended.`,
      };
    case "AS_BEFORE":
    case null:
    case undefined:
      return null;
  }
}
