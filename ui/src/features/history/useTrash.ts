import { useClient } from "urql";
import { type DocumentType, graphql } from "@/gql";
import type { TrashedKind } from "@/gql/graphql";
import { askAnew } from "@/lib/askAnew";
import { useChanges } from "@/lib/useChanges";
import { type LoadedPage, useLiveList } from "@/lib/useLiveList";

const TrashPageQuery = graphql(`
  query TrashPage($kind: TrashedKind, $first: Int!, $after: String) {
    trash(kind: $kind, first: $first, after: $after) {
      nodes {
        id
        kind
        name
        projectId
        deletedAt
        deletedBy
      }
      pageInfo {
        endCursor
        hasNextPage
      }
    }
  }
`);

export type Trashed = DocumentType<typeof TrashPageQuery>["trash"]["nodes"][number];

const PAGE_TRASHED = 50;
/** The trash of a project is looked for in that of the workspace: so many pages at once. */
const PAGES_AT_ONCE = 10;

type Wanted = { kind: TrashedKind | null; projectId: string | null };

/** What was deleted, newest deletion first; of one project, or of the whole workspace. */
export function useTrash({ kind, projectId }: Wanted) {
  const client = useClient();
  const load = async (from: string | null): Promise<LoadedPage<Trashed>> => {
    let after = from;
    let hasNextPage = true;
    const items: Trashed[] = [];
    for (let page = 0; hasNextPage && items.length < PAGE_TRASHED && page < PAGES_AT_ONCE; page += 1) {
      const data = await askAnew(client, TrashPageQuery, { kind, first: PAGE_TRASHED, after });
      const { nodes, pageInfo } = data.trash;
      items.push(...nodes.filter((each) => projectId === null || each.projectId === projectId));
      hasNextPage = pageInfo.hasNextPage;
      after = pageInfo.endCursor ?? null;
    }
    return { items, hasNextPage, endCursor: after, totalCount: items.length, position: null };
  };
  const list = useLiveList({ key: `${kind} ${projectId}`, load });
  useChanges({ kinds: [], trash: true, onChanged: list.catchUp });
  return list;
}
