import { useState } from "react";
import { useClient } from "urql";
import { type Hit, hitOf } from "@/features/search/hit";
import { type Choice, kindsOf } from "@/features/search/kinds";
import { graphql } from "@/gql";
import { askAnew } from "@/lib/askAnew";
import { type LoadedPage, useLiveList } from "@/lib/useLiveList";

const SearchListQuery = graphql(`
  query SearchList($projectId: ID, $kinds: [SearchKind!]!, $text: String!, $first: Int!, $after: String) {
    search(projectId: $projectId, kinds: $kinds, text: $text, first: $first, after: $after) {
      nodes {
        ...SearchHitFields
      }
      pageInfo {
        endCursor
        hasNextPage
      }
      totalCount
      unseen
    }
  }
`);

const PAGE_HITS = 30;

type Listed = { id: string; hit: Hit };
const NOTHING: LoadedPage<Listed> = { items: [], hasNextPage: false, endCursor: null, totalCount: 0, position: null };

type Wanted = { text: string; choice: Choice; projectId: string | null };

/** What of the workspace, or of a project, has the words, the best first. */
export function useSearchList({ text, choice, projectId }: Wanted) {
  const client = useClient();
  // Of the first page: what comes after it is of the same moment or later.
  const [unseen, setUnseen] = useState(0);
  const load = async (after: string | null): Promise<LoadedPage<Listed>> => {
    if (text === "") return NOTHING;
    const variables = { projectId, kinds: kindsOf(choice), text, first: PAGE_HITS, after };
    const { nodes, pageInfo, totalCount, ...found } = (await askAnew(client, SearchListQuery, variables)).search;
    if (after === null) setUnseen(found.unseen);
    const items = nodes.map(hitOf).map((hit) => ({ id: hit.key, hit }));
    const { hasNextPage, endCursor = null } = pageInfo;
    return { items, hasNextPage, endCursor, totalCount, position: null };
  };
  const list = useLiveList({ key: JSON.stringify([choice, projectId, text]), load });
  return { ...list, unseen };
}
