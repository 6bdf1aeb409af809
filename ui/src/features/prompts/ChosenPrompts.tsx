import { useMutation } from "urql";
import { useDeletionToast } from "@/entities/history/useDeletionToast";
import { DeleteMany } from "@/entities/logs/DeleteMany";
import { DeletePromptsMutation } from "@/features/prompts/deletePrompts";

const PROMPTS = { one: "prompt", many: "prompts" };

/** What can be done with the prompts that are chosen. */
export function ChosenPrompts({ ids, onDeleted }: { ids: readonly string[]; onDeleted: () => void }) {
  const [, remove] = useMutation(DeletePromptsMutation);
  const showDeleted = useDeletionToast();
  const [id] = ids;
  if (id === undefined) return null;
  return (
    <DeleteMany
      kind={PROMPTS}
      ids={ids}
      remove={remove}
      onDeleted={onDeleted}
      tell={(text) => showDeleted({ text, id, kind: "prompt_deleted" })}
    >
      Their versions go with them. They can be restored from the trash.
    </DeleteMany>
  );
}
