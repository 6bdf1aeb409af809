import { useQuery } from "urql";
import { changeOf } from "@/features/history/useHistory";
import { graphql } from "@/gql";

const HistoryStepsQuery = graphql(`
  query HistorySteps($id: ID!, $first: Int!) {
    history(id: $id, first: $first) {
      nodes {
        ...HistoryChange
      }
      totalCount
    }
  }
`);

const STEPS_MAX = 200;

/** The moments of a thing's history that one can walk through, oldest first; of a long history the newest. */
export function useSteps(id: string) {
  const [{ data }, read] = useQuery({
    query: HistoryStepsQuery,
    variables: { id, first: STEPS_MAX },
    requestPolicy: "cache-and-network",
  });
  const nodes = data?.history.nodes ?? [];
  return {
    steps: nodes.map(changeOf).toReversed(),
    totalCount: data?.history.totalCount ?? 0,
    refresh: () => read({ requestPolicy: "network-only" }),
  };
}
