import { useQuery } from "urql";
import { type DocumentType, graphql } from "@/gql";
import { failureOf } from "@/lib/failure";
import { useReadOn } from "@/lib/useReadOn";

const RankedExperimentsQuery = graphql(`
  query RankedExperiments($projectId: ID, $filter: String, $sort: Sort, $first: Int!) {
    experiments(projectId: $projectId, filter: $filter, sort: $sort, first: $first) {
      nodes {
        id
        name
        datasetId
        dataset {
          id
          name
        }
        createdAt
        scores {
          name
          value
        }
        figures {
          traceCount
          passRate
          costMean
          durationMs {
            p50
          }
          feedbackScores {
            name
            value
          }
        }
      }
    }
  }
`);

export type RankedExperiment = DocumentType<typeof RankedExperimentsQuery>["experiments"]["nodes"][number];

type Asked = {
  projectId: string | null;
  filter: string | null;
  /** Newest first if there is none. */
  rankedBy: string | null;
  isAscending: boolean;
  most: number;
  /** Grows when they may have become others. */
  revision: number;
};

export function useRankedExperiments({ projectId, filter, rankedBy, isAscending, most, revision }: Asked) {
  const [{ data, error }, read] = useQuery({
    query: RankedExperimentsQuery,
    variables: {
      projectId,
      filter,
      sort: rankedBy ? { field: rankedBy, direction: isAscending ? "ASC" : "DESC" } : null,
      first: most,
    },
    requestPolicy: "cache-and-network",
  });
  const refresh = () => read({ requestPolicy: "network-only" });
  useReadOn(revision, false, refresh);
  return {
    experiments: data?.experiments.nodes ?? null,
    failure: error && !data ? failureOf(error) : null,
    refresh,
  };
}

/** Names of scores, those of the whole and those of its traces, as they are met. */
export function scoreNamesOf(experiments: readonly RankedExperiment[]): string[] {
  const names = experiments.flatMap(({ scores, figures }) =>
    [...scores, ...figures.feedbackScores].map(({ name }) => name),
  );
  return [...new Set(names)];
}

export function scoreOf({ scores, figures }: RankedExperiment, name: string): number | null {
  return [...scores, ...figures.feedbackScores].find((score) => score.name === name)?.value ?? null;
}
