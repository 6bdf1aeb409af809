import { useMutation } from "urql";
import { useDeletionToast } from "@/entities/history/useDeletionToast";
import { DeleteMany } from "@/entities/logs/DeleteMany";
import { DeleteOptimizationsMutation } from "@/features/optimizations/deleteOptimizations";

const OPTIMIZATIONS = { one: "optimization", many: "optimizations" };

/** What can be done with the optimizations that are chosen. */
export function ChosenOptimizations({ ids, onDeleted }: { ids: readonly string[]; onDeleted: () => void }) {
  const [, remove] = useMutation(DeleteOptimizationsMutation);
  const showDeleted = useDeletionToast();
  const [id] = ids;
  if (id === undefined) return null;
  return (
    <DeleteMany
      kind={OPTIMIZATIONS}
      ids={ids}
      remove={remove}
      onDeleted={onDeleted}
      tell={(text) => showDeleted({ text, id, kind: "optimization_deleted" })}
    >
      Their trials stay as experiments. They can be restored from the trash.
    </DeleteMany>
  );
}
