import { useQuery } from "urql";
import { graphql } from "@/gql";

const ExperimentMatchesQuery = graphql(`
  query ExperimentMatches($filter: String!) {
    experiments(first: 5, filter: $filter) {
      nodes {
        id
        name
        datasetId
        project {
          id
          name
        }
      }
    }
  }
`);

/** The newest experiments of the workspace in whose name the words stand. */
export function useExperimentMatches(words: string) {
  const filter = `name:${JSON.stringify(words)}`;
  const [{ data }] = useQuery({ query: ExperimentMatchesQuery, variables: { filter }, pause: words === "" });
  return words === "" ? [] : (data?.experiments.nodes ?? []);
}
