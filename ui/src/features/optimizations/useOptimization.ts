import { useState } from "react";
import { useQuery } from "urql";
import { type DocumentType, graphql } from "@/gql";
import { failureOf } from "@/lib/failure";
import { useTakenBack } from "@/lib/takenBack";
import { useLive } from "@/lib/useLive";
import { useThrottledChange } from "@/lib/useThrottledChange";

const OptimizationQuery = graphql(`
  query OptimizationPage($id: ID!) {
    server {
      position
    }
    optimization(id: $id) {
      id
      name
      projectId
      datasetId
      datasetName
      objectiveName
      status
      error {
        exceptionType
        message
      }
      metadata
      trialCount
      baseline {
        experimentId
        objectiveScore
        duration
        cost
      }
      best {
        experimentId
        objectiveScore
        duration
        cost
      }
      totalCost
      trials {
        experimentId
        kind
        createdAt
        traceCount
        objectiveScore
        duration
        cost
      }
      createdAt
      createdBy
      lastUpdatedAt
    }
  }
`);

const OptimizationFollowedSubscription = graphql(`
  subscription OptimizationFollowed($id: ID!, $after: Position) {
    optimizationChanges(id: $id, after: $after) {
      position
      kind
    }
  }
`);

export type Optimization = NonNullable<DocumentType<typeof OptimizationQuery>["optimization"]>;

const READ_AGAIN_MS = 1_500;

/** An optimization with all of its trials, read again while they come; `revision` counts the readings. */
export function useOptimization(id: string) {
  const [{ data, error, fetching }, read] = useQuery({
    query: OptimizationQuery,
    variables: { id },
    requestPolicy: "cache-and-network",
  });
  // Where to follow from is settled by the first answer; later ones must not start the subscription anew.
  const [from, setFrom] = useState<string | null>(null);
  if (from === null && data) setFrom(data.server.position);
  const [changes, setChanges] = useState(0);
  const [revision, setRevision] = useState(0);
  const refresh = () => {
    setRevision((count) => count + 1);
    read({ requestPolicy: "network-only" });
  };
  useTakenBack(refresh);
  useLive({
    document: OptimizationFollowedSubscription,
    variables: { id, after: from },
    pause: from === null,
    onChanges: () => setChanges(changes + 1),
  });
  useThrottledChange({
    revision: changes,
    intervalMs: READ_AGAIN_MS,
    onChange: () => {
      if (fetching) return false;
      refresh();
      return true;
    },
  });
  return {
    optimization: data?.optimization ?? null,
    isMissing: !fetching && !error && data !== undefined && !data.optimization,
    failure: error && !data?.optimization ? failureOf(error) : null,
    revision,
    refresh,
  };
}
