import type { Client } from "@urql/core";
import { useClient } from "urql";
import { type DocumentType, graphql } from "@/gql";
import { askAnew } from "@/lib/askAnew";
import type { SortOrder } from "@/lib/sortOrder";
import { type LoadedPage, useLiveList } from "@/lib/useLiveList";

const AnnotationItemsQuery = graphql(`
  query AnnotationItems($id: ID!, $first: Int!, $after: String, $sort: Sort) {
    annotationQueue(id: $id) {
      id
      items(first: $first, after: $after, sort: $sort) {
        nodes {
          id
          isComplete
          standing
          reviewers
          locks {
            by
          }
          scores {
            name
            value
          }
          addedAt
          trace {
            id
            name
            inputPreview
          }
          thread {
            id
            threadId
            firstMessagePreview
          }
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

export type QueuedItem = NonNullable<
  DocumentType<typeof AnnotationItemsQuery>["annotationQueue"]
>["items"]["nodes"][number];

export const nameOf = ({ trace, thread }: QueuedItem) => trace?.name ?? thread?.threadId;
export const previewOf = ({ trace, thread }: QueuedItem) => trace?.inputPreview ?? thread?.firstMessagePreview;

/** By which people know an item. */
export const titleOf = (item: QueuedItem) => previewOf(item) ?? nameOf(item) ?? item.id;

const PAGE_ITEMS = 100;

/** What is in a queue: the oldest first, unless another order is asked for. */
export function useQueueItems(queueId: string, sort: SortOrder | null = null) {
  const client = useClient();
  const load = (after: string | null) => readItems(client, { id: queueId, sort }, after);
  return useLiveList({ key: JSON.stringify([queueId, sort]), load });
}

/** All of it, page by page, for a file. */
export async function readAllItems(client: Client, queueId: string): Promise<QueuedItem[]> {
  const items: QueuedItem[] = [];
  let page: LoadedPage<QueuedItem> | null = null;
  do {
    page = await readItems(client, { id: queueId, sort: null }, page?.endCursor ?? null);
    items.push(...page.items);
  } while (page.hasNextPage);
  return items;
}

type Wanted = { id: string; sort: SortOrder | null };

async function readItems(client: Client, wanted: Wanted, after: string | null): Promise<LoadedPage<QueuedItem>> {
  const data = await askAnew(client, AnnotationItemsQuery, { ...wanted, first: PAGE_ITEMS, after });
  if (!data.annotationQueue) throw new Error("this queue does not exist, or it was deleted");
  const { nodes, pageInfo, totalCount } = data.annotationQueue.items;
  const { hasNextPage, endCursor = null } = pageInfo;
  return { items: nodes, hasNextPage, endCursor, totalCount, position: null };
}
