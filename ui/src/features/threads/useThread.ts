import { graphql } from "@/gql";
import { useFollowed } from "@/lib/useFollowed";

const ThreadViewQuery = graphql(`
  query ThreadView($id: ID!) {
    server {
      position
    }
    thread(id: $id) {
      id
      projectId
      threadId
      status
      tags
      feedbackScores {
        ...ScoreTable
      }
      ...ThreadSummary
    }
  }
`);

// Brings comments, too: the cache hands them to whoever shows them.
const ThreadFollowedSubscription = graphql(`
  subscription ThreadFollowed($projectId: ID!, $filter: String, $after: Position) {
    threadChanges(projectId: $projectId, filter: $filter, after: $after) {
      position
      kind
      id
      thread {
        id
        threadId
        status
        tags
        feedbackScores {
          ...ScoreTable
        }
        comments {
          id
          text
          createdAt
          createdBy
          lastUpdatedAt
        }
        ...ThreadSummary
      }
    }
  }
`);

/** A thread, followed while it is looked at. */
export function useThread(id: string) {
  const { thing, ...followed } = useFollowed({
    id,
    query: ThreadViewQuery,
    thingOf: ({ thread }) => thread,
    changes: ThreadFollowedSubscription,
    isDeletion: ({ threadChanges }) => threadChanges.kind === "DELETED",
  });
  return { thread: thing, ...followed };
}
