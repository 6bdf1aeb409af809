import { useQuery } from "urql";
import { graphql } from "@/gql";

const DatasetMatchesQuery = graphql(`
  query DatasetMatches($name: String!) {
    datasets(first: 5, name: $name) {
      nodes {
        id
        name
        project {
          id
          name
        }
      }
    }
  }
`);

/** The newest datasets of the workspace in whose name the words stand. */
export function useDatasetMatches(words: string) {
  const [{ data }] = useQuery({ query: DatasetMatchesQuery, variables: { name: words }, pause: words === "" });
  return words === "" ? [] : (data?.datasets.nodes ?? []);
}
