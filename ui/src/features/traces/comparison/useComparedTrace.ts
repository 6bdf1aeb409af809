import { useQuery } from "urql";
import { type DocumentType, graphql } from "@/gql";
import { failureOf } from "@/lib/failure";

const ComparedTraceQuery = graphql(`
  query ComparedTrace($id: ID!) {
    trace(id: $id) {
      id
      projectId
      name
      startTime
      endTime
      durationMs
      totalTokens
      cost
      spanCount
      llmSpanCount
      error {
        exceptionType
      }
      feedbackScores {
        name
        value
      }
      spanFeedbackScores {
        name
        value
      }
    }
  }
`);

export type ComparedTrace = NonNullable<DocumentType<typeof ComparedTraceQuery>["trace"]>;

/** One side of a comparison. */
export function useComparedTrace(id: string) {
  const [{ data, error, fetching }, read] = useQuery({
    query: ComparedTraceQuery,
    variables: { id },
    requestPolicy: "cache-and-network",
  });
  const trace = data?.trace ?? null;
  const problem = error
    ? failureOf(error).message
    : "It does not exist, it was deleted, or only spans of it have arrived.";
  return {
    trace,
    problem: trace || fetching ? null : problem,
    onRetry: () => read({ requestPolicy: "network-only" }),
  };
}
