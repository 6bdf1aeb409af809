import { useMutation } from "urql";
import { useDeletionToast } from "@/entities/history/useDeletionToast";
import { DeleteMany } from "@/entities/logs/DeleteMany";
import { DeleteAnnotationQueuesMutation } from "@/features/annotations/deleteQueues";

const QUEUES = { one: "queue", many: "queues" };

/** What can be done with the queues that are chosen. */
export function ChosenQueues({ ids, onDeleted }: { ids: readonly string[]; onDeleted: () => void }) {
  const [, remove] = useMutation(DeleteAnnotationQueuesMutation);
  const showDeleted = useDeletionToast();
  const [id] = ids;
  if (id === undefined) return null;
  return (
    <DeleteMany
      kind={QUEUES}
      ids={ids}
      remove={remove}
      onDeleted={onDeleted}
      tell={(text) => showDeleted({ text, id, kind: "annotation_queue_deleted" })}
    >
      What was judged keeps its scores. They can be restored from the trash.
    </DeleteMany>
  );
}
