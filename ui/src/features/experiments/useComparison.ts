import { useState } from "react";
import { useQuery } from "urql";
import { type DocumentType, graphql } from "@/gql";
import { failureOf } from "@/lib/failure";
import { useTakenBack } from "@/lib/takenBack";
import { useLive } from "@/lib/useLive";
import { useThrottledChange } from "@/lib/useThrottledChange";

const ComparisonQuery = graphql(`
  query Comparison($ids: [ID!]!) {
    server {
      position
    }
    compareExperiments(ids: $ids, first: 1) {
      totalCount
      experiments {
        experiment {
          id
          name
          status
          optimizationId
          createdAt
          createdBy
          tags
          metadata
          datasetId
          dataset {
            id
            name
          }
          datasetVersion {
            id
            name
          }
          promptVersions {
            id
            number
            commit
            prompt {
              id
              name
              projectId
            }
          }
          figures {
            traceCount
            datasetItemCount
            passRate
            passedCount
            judgedCount
          }
        }
        measures {
          measure
          isBetterLower
          count
          mean
          interval {
            low
            high
          }
          difference
          differenceInterval {
            low
            high
          }
          improvedCount
          regressedCount
          unchangedCount
        }
      }
    }
  }
`);

const ComparedTouchesSubscription = graphql(`
  subscription ComparedTouches($datasetId: ID!, $after: Position) {
    experimentChanges(datasetId: $datasetId, after: $after) {
      position
      kind
      experimentId
    }
  }
`);

type Answer = DocumentType<typeof ComparisonQuery>["compareExperiments"];
export type Side = Answer["experiments"][number];
export type Compared = Side["experiment"];
export type ComparedMeasure = Side["measures"][number];

const READ_AGAIN_MS = 1_500;

/** What experiments came to against the first of them, read again while they run; `revision` counts the readings. */
export function useComparison(ids: readonly string[]) {
  const [{ data, error, fetching }, read] = useQuery({
    query: ComparisonQuery,
    variables: { ids: [...ids] },
    pause: ids.length === 0,
    requestPolicy: "cache-and-network",
  });
  const sides = data?.compareExperiments.experiments ?? null;
  const datasetId = sides?.[0]?.experiment.datasetId ?? null;
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
    document: ComparedTouchesSubscription,
    variables: { datasetId: datasetId ?? "", after: from },
    pause: datasetId === null || from === null,
    onChanges: (told) => {
      if (told.some(({ experimentChanges }) => ids.includes(experimentChanges.experimentId))) setChanges(changes + 1);
    },
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
    sides,
    itemCount: data?.compareExperiments.totalCount ?? 0,
    failure: error && !sides ? failureOf(error) : null,
    revision,
    refresh,
  };
}
