import { CircleCheck, CirclePlay } from "lucide-react";
import type { ReactNode } from "react";
import { useMutation } from "urql";
import { Button } from "@/components/Button";
import { ErrorState } from "@/components/ErrorState";
import { Scrollable } from "@/components/Scrollable";
import { Skeleton } from "@/components/Skeleton";
import { Tags } from "@/entities/details/Tags";
import { ScoreTable } from "@/entities/feedback/ScoreTable";
import { ThreadSummary } from "@/features/threads/ThreadSummary";
import { Turns } from "@/features/threads/Turns";
import { useThread } from "@/features/threads/useThread";
import { useThreadStatus } from "@/features/threads/useThreadStatus";
import { graphql } from "@/gql";
import { failureOf } from "@/lib/failure";
import styles from "./Conversation.module.css";

const TagThreadMutation = graphql(`
  mutation TagThread($ids: [ID!]!, $add: [String!]!, $remove: [String!]!) {
    tagThreads(ids: $ids, add: $add, remove: $remove) {
      id
      tags
    }
  }
`);

type ConversationProps = {
  /** The thread's own id, not what clients call it. */
  id: string;
  /** What is done with the thread as a whole. */
  aside?: (thread: { id: string; threadId: string }) => ReactNode;
  traceLink: (traceId: string) => ReactNode;
};

/** A thread as what was said in it, turn by turn, followed while it goes on. */
export function Conversation({ id, aside, traceLink }: ConversationProps) {
  const { thread, failure, isLoading, revision, isDeleted, onRetry } = useThread(id);
  const [, tagThreads] = useMutation(TagThreadMutation);
  const setStatus = useThreadStatus();
  const onTag = async (add: string[], remove: string[]) => {
    const { error } = await tagThreads({ ids: [id], add, remove });
    return error ? failureOf(error).message : null;
  };
  if (!thread) {
    if (isLoading) return <Skeleton label="Loading thread" rows={8} />;
    const message = failure?.message ?? "It does not exist, or it was deleted.";
    return <ErrorState title="The thread could not be read" message={message} onRetry={onRetry} />;
  }
  const isActive = thread.status === "ACTIVE";
  return (
    <div className={styles.view}>
      {isDeleted && (
        <div role="alert" className={styles.notice}>
          This thread has been deleted. What you see is what was last read.
        </div>
      )}
      <ThreadSummary thread={thread} />
      <Scrollable label="Conversation" className={styles.scroll}>
        {aside?.(thread)}
        <div className={styles.inner}>
          <header className={styles.head}>
            <h2>{thread.threadId}</h2>
            <Button onPress={() => setStatus([id], isActive ? "INACTIVE" : "ACTIVE")}>
              {isActive ? <CircleCheck aria-hidden /> : <CirclePlay aria-hidden />}
              {isActive ? "Close thread" : "Reopen thread"}
            </Button>
          </header>
          <Tags tags={thread.tags} onTag={onTag} />
          {thread.feedbackScores.length > 0 && <ScoreTable scores={thread.feedbackScores} />}
          <Turns threadId={id} revision={revision} traceLink={traceLink} />
        </div>
      </Scrollable>
    </div>
  );
}
