import { TargetAside } from "@/app/TargetAside";
import { ThreadMenu } from "@/app/ThreadMenu";
import { TraceLink } from "@/app/TraceLink";
import { AddToQueue } from "@/features/annotations/AddToQueue";
import { Conversation } from "@/features/threads/Conversation";

type ThreadViewProps = { projectId: string; threadId: string };

/** A conversation and what is done with it: what the panel over the list and the page of its own have in common. */
export function ThreadView({ projectId, threadId }: ThreadViewProps) {
  return (
    <Conversation
      id={threadId}
      aside={(thread) => (
        <TargetAside
          target={{ kind: "THREAD", id: threadId }}
          menu={<ThreadMenu thread={thread} projectId={projectId} />}
        >
          <AddToQueue projectId={projectId} scope="THREAD" ids={[threadId]} />
        </TargetAside>
      )}
      traceLink={(traceId) => <TraceLink projectId={projectId} traceId={traceId} />}
    />
  );
}
