import { useState } from "react";
import { useQuery } from "urql";
import { type DocumentType, graphql } from "@/gql";
import { failureOf } from "@/lib/failure";
import { useTakenBack } from "@/lib/takenBack";
import { useReadAgain } from "@/lib/useReadAgain";
import { useSteady } from "@/lib/useSteady";

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
          scores {
            name
            value
          }
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

/** What experiments came to against the first of them, read again while they run; `revision` counts the readings. */
export function useComparison(ids: readonly string[]) {
  const [{ data, error, fetching }, read] = useQuery({
    query: ComparisonQuery,
    variables: { ids: [...ids] },
    pause: ids.length === 0,
    requestPolicy: "cache-and-network",
  });
  const told = useSteady(data?.compareExperiments);
  const sides = told?.experiments ?? null;
  const datasetId = sides?.[0]?.experiment.datasetId ?? null;
  const [revision, setRevision] = useState(0);
  const refresh = () => {
    setRevision((count) => count + 1);
    read({ requestPolicy: "network-only" });
  };
  useTakenBack(refresh);
  useReadAgain({
    document: ComparedTouchesSubscription,
    variables: { datasetId: datasetId ?? "" },
    position: data?.server.position ?? null,
    pause: datasetId === null,
    isOurs: ({ experimentChanges }) => ids.includes(experimentChanges.experimentId),
    onReadAgain: () => {
      if (fetching) return false;
      refresh();
      return true;
    },
  });
  return {
    sides,
    itemCount: told?.totalCount ?? 0,
    failure: error && !sides ? failureOf(error) : null,
    revision,
    refresh,
  };
}
