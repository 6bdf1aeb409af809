import { useClient } from "urql";
import { type DocumentType, graphql } from "@/gql";
import { type LoadedPage, useLiveList } from "@/lib/useLiveList";

const HistoryPageQuery = graphql(`
  query HistoryPage($id: ID!, $first: Int!, $after: String) {
    history(id: $id, first: $first, after: $after) {
      nodes {
        position
        time
        principal
        kind
        fields {
          field
          before
          after
          isShortened
        }
        fieldsOmitted
        undoes
        isUndone
      }
      pageInfo {
        endCursor
        hasNextPage
      }
      totalCount
    }
  }
`);

type Node = DocumentType<typeof HistoryPageQuery>["history"]["nodes"][number];
export type Change = Node & { id: string };
export type FieldChange = Node["fields"][number];

const PAGE_CHANGES = 20;

/** What happened to a thing, newest first. */
export function useHistory(id: string) {
  const client = useClient();
  const load = async (after: string | null): Promise<LoadedPage<Change>> => {
    const { data, error } = await client
      .query(HistoryPageQuery, { id, first: PAGE_CHANGES, after }, { requestPolicy: "network-only" })
      .toPromise();
    if (error || !data) throw error ?? new Error("the server sent no answer");
    const { nodes, pageInfo, totalCount } = data.history;
    const { hasNextPage, endCursor = null } = pageInfo;
    const items = nodes.map((node) => ({ ...node, id: node.position }));
    return { items, hasNextPage, endCursor, totalCount, position: null };
  };
  return useLiveList({ key: id, load });
}
