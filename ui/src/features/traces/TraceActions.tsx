import { useMutation } from "urql";
import { useDeletionToast } from "@/entities/history/useDeletionToast";
import { DeleteDialog, DeleteMany } from "@/entities/logs/DeleteMany";
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
  const [, tagTraces] = useMutation(TagTracesMutation);
  const deletion = useDeletion(ids);
  return (
    <>
      <TagsDialog kind={TRACES} ids={ids} tag={tagTraces} />
      <DeleteMany {...deletion} onDeleted={onDeleted}>
        Their spans and scores go with them. They can be restored from the trash.
      </DeleteMany>
    </>
  );
}

type DeleteTraceProps = { id: string; isOpen: boolean; onOpenChange: (isOpen: boolean) => void };

/** The question before one trace is deleted. */
export function DeleteTrace({ id, ...dialog }: DeleteTraceProps) {
  return (
    <DeleteDialog {...useDeletion([id])} {...dialog}>
      Its spans and scores go with it. It can be restored from the trash.
    </DeleteDialog>
  );
}

function useDeletion(ids: string[]) {
  const [, remove] = useMutation(DeleteTracesMutation);
  const showDeleted = useDeletionToast();
  const [id] = ids;
  return {
    ...{ kind: TRACES, ids, remove },
    tell: (text: string) => id && showDeleted({ text, id, kind: "trace_deleted" }),
  };
}
