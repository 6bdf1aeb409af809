import { useQuery } from "urql";
import { graphql } from "@/gql";

const ProjectMatchesQuery = graphql(`
  query ProjectMatches($name: String) {
    projects(first: 6, name: $name) {
      nodes {
        id
        name
      }
    }
  }
`);

/** The newest projects in whose name the words stand. */
export function useProjectMatches(words: string, isWanted: boolean) {
  const [{ data }] = useQuery({
    query: ProjectMatchesQuery,
    variables: { name: words || null },
    pause: !isWanted,
    requestPolicy: "cache-and-network",
  });
  return isWanted ? (data?.projects.nodes ?? []) : [];
}
