import { type DocumentType, graphql } from "@/gql";
import { useFollowed } from "@/lib/useFollowed";

export const TraceViewQuery = graphql(`
  query TraceView($id: ID!) {
    server {
      position
    }
    trace(id: $id) {
      id
      projectId
      name
      startTime
      endTime
      durationMs
      totalTokens
      cost
      error {
        exceptionType
      }
      usage {
        key
        value
      }
      tags
      feedbackScores {
        name
        value
      }
      guardrailChecks {
        name
        passed
      }
      comments {
        id
      }
      ...TraceSummary
    }
  }
`);

// Brings everything that the page shows of the trace itself: the cache hands it to the components that asked for it.
const TraceFollowedSubscription = graphql(`
  subscription TraceFollowed($projectId: ID!, $filter: String, $after: Position) {
    traceChanges(projectId: $projectId, filter: $filter, after: $after) {
      position
      kind
      traceId
      trace {
        id
        name
        durationMs
        totalTokens
        cost
        input
        output
        metadata
        tags
        endTime
        error {
          exceptionType
          ...ErrorCallout
        }
        usage {
          key
          value
        }
        feedbackScores {
          ...ScoreTable
        }
        attachments {
          ...Attachment
        }
        spanFeedbackScores {
          ...ScoreTable
        }
        guardrailChecks {
          ...GuardrailTable
        }
        assertionResults {
          ...AssertionTable
        }
        ...TraceSummary
      }
    }
  }
`);

export type ViewedTrace = NonNullable<DocumentType<typeof TraceViewQuery>["trace"]>;

/** A trace, followed while it is looked at. */
export function useTrace(traceId: string) {
  const { thing, ...followed } = useFollowed({
    id: traceId,
    query: TraceViewQuery,
    thingOf: ({ trace }) => trace,
    changes: TraceFollowedSubscription,
    isDeletion: ({ traceChanges }) => traceChanges.kind === "DELETED",
  });
  return { trace: thing, ...followed };
}
