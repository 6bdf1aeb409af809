import { useClient } from "urql";
import { type DocumentType, type FragmentType, graphql, readFragment } from "@/gql";
import { askAnew } from "@/lib/askAnew";
import { useChanges } from "@/lib/useChanges";
import { type LoadedPage, useLiveList } from "@/lib/useLiveList";

export const HistoryChangeFragment = graphql(`
  fragment HistoryChange on Change {
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
    undoOutcome
  }
`);

const HistoryPageQuery = graphql(`
  query HistoryPage($id: ID!, $first: Int!, $after: String) {
    history(id: $id, first: $first, after: $after) {
      nodes {
        ...HistoryChange
      }
      pageInfo {
        endCursor
        hasNextPage
      }
      totalCount
    }
  }
`);

export type Change = DocumentType<typeof HistoryChangeFragment> & { id: string };
export type FieldChange = Change["fields"][number];

export const changeOf = (node: FragmentType<typeof HistoryChangeFragment>): Change => {
  const change = readFragment(HistoryChangeFragment, node);
  return { ...change, id: change.position };
};

const PAGE_CHANGES = 20;

/** What happened to a thing, newest first. */
export function useHistory(id: string) {
  const client = useClient();
  const load = async (after: string | null): Promise<LoadedPage<Change>> => {
    const data = await askAnew(client, HistoryPageQuery, { id, first: PAGE_CHANGES, after });
    const { nodes, pageInfo, totalCount } = data.history;
    const { hasNextPage, endCursor = null } = pageInfo;
    const items = nodes.map(changeOf);
    return { items, hasNextPage, endCursor, totalCount, position: null };
  };
  const list = useLiveList({ key: id, load });
  useChanges({ kinds: null, id, onChanged: list.catchUp });
  return list;
}
