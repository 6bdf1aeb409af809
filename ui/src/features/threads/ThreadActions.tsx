import { CircleCheck, CirclePlay } from "lucide-react";
import { useRef } from "react";
import { useClient, useMutation } from "urql";
import { Button } from "@/components/Button";
import { useDeletionToast } from "@/entities/history/useDeletionToast";
import { DeleteDialog, DeleteMany } from "@/entities/logs/DeleteMany";
import { TagsDialog } from "@/entities/logs/TagsDialog";
import { THREADS, type ThreadRow } from "@/features/threads/threadKind";
import { useThreadStatus } from "@/features/threads/useThreadStatus";
import { graphql } from "@/gql";
import { showToast } from "@/lib/toasts";

const TagThreadsMutation = graphql(`
  mutation TagThreads($ids: [ID!]!, $add: [String!]!, $remove: [String!]!) {
    tagThreads(ids: $ids, add: $add, remove: $remove) {
      id
      tags
    }
  }
`);

const LastTraceQuery = graphql(`
  query LastTraceOfThread($id: ID!) {
    thread(id: $id) {
      traces(first: 1) {
        nodes {
          id
        }
      }
    }
  }
`);

const DeleteThreadsMutation = graphql(`
  mutation DeleteThreads($ids: [ID!]!) {
    deleteThreads(ids: $ids)
  }
`);

/** Deletes threads, and offers the way back. */
function useThreadDeletion() {
  const [, deleteThreads] = useMutation(DeleteThreadsMutation);
  const client = useClient();
  const showDeleted = useDeletionToast();
  /** A thread goes with its traces: the deletion of one of them leads back to all that was deleted at once. */
  const trace = useRef<string | null>(null);
  const remove = async (which: { ids: string[] }) => {
    const [id = ""] = which.ids;
    const { data } = await client.query(LastTraceQuery, { id }).toPromise();
    trace.current = data?.thread?.traces.nodes[0]?.id ?? null;
    return deleteThreads(which);
  };
  const tell = (text: string) =>
    trace.current === null ? showToast(text) : showDeleted({ text, id: trace.current, kind: "trace_deleted" });
  return { remove, tell };
}

/** What can be done with many threads at once. */
export function ThreadActions({ threads, onDeleted }: { threads: readonly ThreadRow[]; onDeleted: () => void }) {
  const [, tagThreads] = useMutation(TagThreadsMutation);
  const deletion = useThreadDeletion();
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
      <DeleteMany kind={THREADS} ids={ids} onDeleted={onDeleted} {...deletion}>
        All of their traces go with them.
      </DeleteMany>
    </>
  );
}

type DeleteThreadProps = { id: string; isOpen: boolean; onOpenChange: (isOpen: boolean) => void };

/** The question before one thread is deleted. */
export function DeleteThread({ id, ...dialog }: DeleteThreadProps) {
  const deletion = useThreadDeletion();
  return (
    <DeleteDialog kind={THREADS} ids={[id]} {...deletion} {...dialog}>
      All of its traces go with it.
    </DeleteDialog>
  );
}
