import { useMemo, useState } from "react";
import { useQuery } from "urql";
import { type DocumentType, graphql } from "@/gql";
import { type Failure, failureOf } from "@/lib/failure";
import { useLive } from "@/lib/useLive";

const TraceViewQuery = graphql(`
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
        ...TraceSummary
      }
    }
  }
`);

export type ViewedTrace = NonNullable<DocumentType<typeof TraceViewQuery>["trace"]>;

/** A trace, followed while it is looked at. `revision` grows with every change. */
export function useTrace(traceId: string) {
  const [{ data, error, fetching }, read] = useQuery({
    query: TraceViewQuery,
    variables: { id: traceId },
    requestPolicy: "cache-and-network",
  });
  const trace = data?.trace ?? null;
  const [change, setChange] = useState({ traceId, revision: 0, isDeleted: false });
  const mine = change.traceId === traceId ? change : { traceId, revision: 0, isDeleted: false };
  // Where to follow from is settled by the first answer; later ones must not start the subscription anew.
  const projectId = trace?.projectId ?? "";
  const [from, setFrom] = useState<{ traceId: string; position: string } | null>(null);
  if (data?.trace && from?.traceId !== traceId) setFrom({ traceId, position: data.server.position });

  const variables = useMemo(
    () => ({ projectId, filter: `id:${traceId}`, after: from?.position ?? null }),
    [projectId, traceId, from],
  );
  useLive({
    document: TraceFollowedSubscription,
    variables,
    pause: trace === null || from?.traceId !== traceId,
    onChanges: (changes) => {
      const isDeleted = changes.at(-1)?.traceChanges.kind === "DELETED";
      setChange({ traceId, revision: mine.revision + 1, isDeleted });
    },
  });
  const failure: Failure | null = error && !trace ? failureOf(error) : null;
  return {
    trace,
    failure,
    isLoading: fetching && !trace,
    revision: mine.revision,
    isDeleted: mine.isDeleted,
    onRetry: () => read({ requestPolicy: "network-only" }),
  };
}
