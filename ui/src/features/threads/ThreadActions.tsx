import { CircleCheck, CirclePlay } from "lucide-react";
import { useMutation } from "urql";
import { Button } from "@/components/Button";
import { DeleteMany } from "@/entities/logs/DeleteMany";
import { TagsDialog } from "@/entities/logs/TagsDialog";
import { THREADS, type ThreadRow } from "@/features/threads/threadKind";
import { useThreadStatus } from "@/features/threads/useThreadStatus";
import { graphql } from "@/gql";

const TagThreadsMutation = graphql(`
  mutation TagThreads($ids: [ID!]!, $add: [String!]!, $remove: [String!]!) {
    tagThreads(ids: $ids, add: $add, remove: $remove) {
      id
      tags
    }
  }
`);

const DeleteThreadsMutation = graphql(`
  mutation DeleteThreads($ids: [ID!]!) {
    deleteThreads(ids: $ids)
  }
`);

/** What can be done with many threads at once. */
export function ThreadActions({ threads, onDeleted }: { threads: readonly ThreadRow[]; onDeleted: () => void }) {
  const [, tagThreads] = useMutation(TagThreadsMutation);
  const [, deleteThreads] = useMutation(DeleteThreadsMutation);
  const setStatus = useThreadStatus();
  const idsOf = (some: readonly ThreadRow[]) => some.map(({ id }) => id);
  const active = idsOf(threads.filter(({ status }) => status === "ACTIVE"));
  const inactive = idsOf(threads.filter(({ status }) => status === "INACTIVE"));
  const ids = idsOf(threads);
  return (
    <>
      <TagsDialog kind={THREADS} ids={ids} tag={tagThreads} />
      <Button isDisabled={active.length === 0} onPress={() => setStatus(active, "INACTIVE")}>
        <CircleCheck aria-hidden /> Close
      </Button>
      <Button isDisabled={inactive.length === 0} onPress={() => setStatus(inactive, "ACTIVE")}>
        <CirclePlay aria-hidden /> Reopen
      </Button>
      <DeleteMany kind={THREADS} ids={ids} remove={deleteThreads} onDeleted={onDeleted}>
        All of their traces go with them.
      </DeleteMany>
    </>
  );
}
