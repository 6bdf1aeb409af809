import { useState } from "react";
import { graphql } from "@/gql";
import { useLive } from "@/lib/useLive";

// How far the work is comes into the cache by itself, as the queue has the same id there. Whose turn is next is left
// out: what somebody is judging must not be taken from under their hands.
const AnnotationQueueChangesSubscription = graphql(`
  subscription AnnotationQueueChanges($id: ID!, $after: Position) {
    annotationQueueChanges(id: $id, after: $after) {
      position
      kind
      annotationQueueId
      annotationQueue {
        id
        name
        description
        instructions
        commentsEnabled
        feedbackDefinitionNames
        itemCount
        completedCount
        reviewers {
          name
          items
        }
      }
    }
  }
`);

type QueueChanges = {
  id: string;
  /** How far the log was when the queue was read; nothing is followed before that is known. */
  position: string | undefined;
  onChanges?: () => void;
};

/** Follows a queue from the moment at which it was first read. */
export function useQueueChanges({ id, position, onChanges }: QueueChanges): void {
  const [from, setFrom] = useState<{ id: string; position: string } | null>(null);
  if (position !== undefined && from?.id !== id) setFrom({ id, position });
  useLive({
    document: AnnotationQueueChangesSubscription,
    variables: { id, after: from?.position ?? null },
    pause: from?.id !== id,
    onChanges: () => onChanges?.(),
  });
}
