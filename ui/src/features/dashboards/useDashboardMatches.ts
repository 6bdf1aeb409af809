import { useQuery } from "urql";
import { graphql } from "@/gql";

const DashboardMatchesQuery = graphql(`
  query DashboardMatches($name: String!) {
    dashboards(first: 5, name: $name) {
      nodes {
        id
        name
      }
    }
  }
`);

/** The newest dashboards of the workspace in whose name the words stand. */
export function useDashboardMatches(words: string) {
  const [{ data }] = useQuery({ query: DashboardMatchesQuery, variables: { name: words }, pause: words === "" });
  return words === "" ? [] : (data?.dashboards.nodes ?? []);
}
