import { useMutation } from "urql";
import { useDeletionToast } from "@/entities/history/useDeletionToast";
import { DeleteMany } from "@/entities/logs/DeleteMany";
import { TagsDialog } from "@/entities/logs/TagsDialog";
import { TRACES } from "@/features/traces/traceKind";
import { graphql } from "@/gql";

const DeleteTracesMutation = graphql(`
  mutation DeleteTraces($ids: [ID!]!) {
    deleteTraces(ids: $ids)
  }
`);

const TagTracesMutation = graphql(`
  mutation TagTraces($ids: [ID!]!, $add: [String!]!, $remove: [String!]!) {
    tagTraces(ids: $ids, add: $add, remove: $remove) {
      id
      tags
    }
  }
`);

/** What can be done with many traces at once. */
export function TraceActions({ ids, onDeleted }: { ids: string[]; onDeleted: () => void }) {
  const [, deleteTraces] = useMutation(DeleteTracesMutation);
  const showDeleted = useDeletionToast();
  const [, tagTraces] = useMutation(TagTracesMutation);
  const [id] = ids;
  return (
    <>
      <TagsDialog kind={TRACES} ids={ids} tag={tagTraces} />
      <DeleteMany
        kind={TRACES}
        ids={ids}
        remove={deleteTraces}
        tell={(text) => id && showDeleted({ text, id, kind: "trace_deleted" })}
        onDeleted={onDeleted}
      >
        Their spans and scores go with them. They can be restored from the trash.
      </DeleteMany>
    </>
  );
}
