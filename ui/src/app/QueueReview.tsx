import type { ReactNode } from "react";
import { Review } from "@/features/annotations/Review";
import { Comments } from "@/features/comments/Comments";
import { Annotate } from "@/features/feedback/Annotate";
import { Conversation } from "@/features/threads/Conversation";
import { TraceDetails } from "@/features/traces/TraceDetails";

type QueueReviewProps = {
  queueId: string;
  askedId: string | undefined;
  onAsk: (itemId: string | undefined) => void;
  /** Absent where the review begins at once. */
  onBegin?: (() => void) | undefined;
  back?: ReactNode;
  /** What stands beside a turn of a conversation. */
  traceLink: (traceId: string) => ReactNode;
};

/** The review of a queue, with what is judged and where. */
export function QueueReview({ queueId, traceLink, ...props }: QueueReviewProps) {
  return (
    <Review
      key={queueId}
      queueId={queueId}
      {...props}
      thing={({ scope, id }) =>
        scope === "TRACE" ? <TraceDetails traceId={id} /> : <Conversation id={id} traceLink={traceLink} />
      }
      judgement={({ scope, id, names, hasComments }) => {
        const target = { kind: scope, id } as const;
        return (
          <>
            <Annotate target={target} names={names} settings={null} />
            {hasComments && <Comments target={target} />}
          </>
        );
      }}
    />
  );
}
