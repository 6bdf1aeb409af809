import { useClient } from "urql";
import { type DocumentType, graphql } from "@/gql";
import { askAnew } from "@/lib/askAnew";
import { useChanges } from "@/lib/useChanges";
import { type LoadedPage, useLiveList } from "@/lib/useLiveList";

const FiringsQuery = graphql(`
  query AlertFirings($id: ID!, $first: Int!, $after: String) {
    alert(id: $id) {
      id
      firings(first: $first, after: $after) {
        nodes {
          id
          eventType
          firedAt
          count
          metadata
          delivery
          error
          attempts
        }
        pageInfo {
          endCursor
          hasNextPage
        }
        totalCount
      }
    }
  }
`);

export type FiringItem = NonNullable<DocumentType<typeof FiringsQuery>["alert"]>["firings"]["nodes"][number];

const PAGE_FIRINGS = 20;

/** The times at which an alert fired, newest first, as they come. */
export function useFirings(id: string) {
  const client = useClient();
  const load = async (after: string | null): Promise<LoadedPage<FiringItem>> => {
    const data = await askAnew(client, FiringsQuery, { id, first: PAGE_FIRINGS, after });
    const { nodes = [], pageInfo, totalCount = 0 } = data.alert?.firings ?? {};
    const { hasNextPage = false, endCursor = null } = pageInfo ?? {};
    return { items: nodes, hasNextPage, endCursor, totalCount, position: null };
  };
  const list = useLiveList({ key: id, load });
  useChanges({ kinds: ["ALERT"], onChanged: list.catchUp });
  return list;
}
