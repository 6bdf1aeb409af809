import { useQuery } from "urql";
import { type Hit, hitOf } from "@/features/search/hit";
import { kindsOf, WRITTEN } from "@/features/search/kinds";
import { graphql } from "@/gql";

const SearchMatchesQuery = graphql(`
  query SearchMatches($kinds: [SearchKind!]!, $text: String!) {
    search(kinds: $kinds, text: $text, first: 8) {
      nodes {
        ...SearchHitFields
      }
    }
  }
`);

/**
 * What of the workspace has the words, the best first; with traces and spans unless these are looked for elsewhere.
 * Words that make no search find nothing.
 */
export function useSearchMatches(text: string, withRecorded: boolean): { matches: Hit[]; isSearching: boolean } {
  const pause = text === "";
  const kinds = withRecorded ? kindsOf("everything") : WRITTEN;
  const [{ data, fetching }] = useQuery({ query: SearchMatchesQuery, variables: { kinds, text }, pause });
  const isSearching = fetching && !pause;
  // What was found for other words says nothing about these.
  const nodes = pause || isSearching ? [] : (data?.search.nodes ?? []);
  return { matches: nodes.map(hitOf), isSearching };
}
