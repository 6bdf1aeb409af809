import { useTakeBack } from "@/entities/history/useTakeBack";
import { showToast } from "@/lib/toasts";

type Deletion = {
  text: string;
  /** Of what the deletion stands in the history of: the thing itself, one of many, or what a comment was about. */
  id: string;
  /** The name of the event, as in the log. */
  kind: `${string}_deleted` | `${string}_removed`;
};

/** Says that something was deleted, and offers the way back. */
export function useDeletionToast() {
  const { undoNewest } = useTakeBack();
  return ({ text, id, kind }: Deletion) =>
    showToast(text, async () => {
      const answer = await undoNewest(id, kind);
      showToast("refusal" in answer ? answer.refusal : "Brought back what was deleted.");
    });
}
