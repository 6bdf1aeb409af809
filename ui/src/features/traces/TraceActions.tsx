import { Trash2 } from "lucide-react";
import { useState } from "react";
import { useMutation } from "urql";
import { Button } from "@/components/Button";
import { ConfirmDialog } from "@/components/ConfirmDialog";
import { TagsDialog } from "@/entities/logs/TagsDialog";
import { graphql } from "@/gql";
import { failureOf } from "@/lib/failure";
import { formatCount } from "@/lib/format";
import { showToast } from "@/lib/toasts";

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

const nounOf = (count: number) => `${formatCount(count)} ${count === 1 ? "trace" : "traces"}`;

/** What can be done with many traces at once. */
export function TraceActions({ ids, onDeleted }: { ids: string[]; onDeleted: () => void }) {
  const [isDeleting, setDeleting] = useState(false);
  const [, deleteTraces] = useMutation(DeleteTracesMutation);
  const [, tagTraces] = useMutation(TagTracesMutation);
  const onTag = async (add: string[], remove: string[]) => {
    const { error } = await tagTraces({ ids, add, remove });
    if (error) return failureOf(error).message;
    showToast(`Changed the tags of ${nounOf(ids.length)}.`, () => tagTraces({ ids, add: remove, remove: add }));
    return null;
  };
  const onDelete = async () => {
    const { error } = await deleteTraces({ ids });
    if (error) return failureOf(error).message;
    showToast(`Deleted ${nounOf(ids.length)}.`);
    onDeleted();
    return null;
  };
  return (
    <>
      <TagsDialog count={nounOf(ids.length)} onTag={onTag} />
      <Button onPress={() => setDeleting(true)}>
        <Trash2 aria-hidden /> Delete
      </Button>
      <ConfirmDialog
        title={`Delete ${nounOf(ids.length)}?`}
        act="Delete"
        isOpen={isDeleting}
        onOpenChange={setDeleting}
        onConfirm={onDelete}
      >
        Their spans and scores go with them. This cannot be undone.
      </ConfirmDialog>
    </>
  );
}
