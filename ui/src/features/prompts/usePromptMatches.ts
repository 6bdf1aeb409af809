import { useQuery } from "urql";
import { graphql } from "@/gql";

const PromptMatchesQuery = graphql(`
  query PromptMatches($name: String!) {
    prompts(first: 5, name: $name) {
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

/** The newest prompts of the workspace in whose name the words stand; those of deleted projects are nowhere. */
export function usePromptMatches(words: string) {
  const [{ data }] = useQuery({ query: PromptMatchesQuery, variables: { name: words }, pause: words === "" });
  const nodes = words === "" ? [] : (data?.prompts.nodes ?? []);
  return nodes.flatMap(({ id, name, project }) => (project ? [{ id, name, project }] : []));
}
