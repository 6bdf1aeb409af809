import { useState } from "react";
import { useQuery } from "urql";
import { type DocumentType, graphql } from "@/gql";
import { failureOf } from "@/lib/failure";
import { useTakenBack } from "@/lib/takenBack";
import { useReadAgain } from "@/lib/useReadAgain";

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

/** An optimization with all of its trials, read again while they come; `revision` counts the readings. */
export function useOptimization(id: string) {
  const [{ data, error, fetching }, read] = useQuery({
    query: OptimizationQuery,
    variables: { id },
    requestPolicy: "cache-and-network",
  });
  const [revision, setRevision] = useState(0);
  const refresh = () => {
    setRevision((count) => count + 1);
    read({ requestPolicy: "network-only" });
  };
  useTakenBack(refresh);
  useReadAgain({
    document: OptimizationFollowedSubscription,
    variables: { id },
    position: data?.server.position ?? null,
    onReadAgain: () => {
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
