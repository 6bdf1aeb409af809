import type { Client } from "@urql/core";
import { useClient } from "urql";
import { type DocumentType, graphql } from "@/gql";
import type { ComparisonFocus } from "@/gql/graphql";
import { askAnew } from "@/lib/askAnew";
import type { SortOrder } from "@/lib/sortOrder";
import { type LoadedPage, useLiveList } from "@/lib/useLiveList";

const ComparedItemsQuery = graphql(`
  query ComparedItems(
    $ids: [ID!]!
    $focus: ComparisonFocus
    $sort: Sort
    $filter: String
    $first: Int!
    $after: String
  ) {
    compareExperiments(ids: $ids, focus: $focus, sort: $sort, filter: $filter, first: $first, after: $after) {
      nodes {
        datasetItemId
        datasetItem {
          id
          data
        }
        cells {
          experimentId
          items {
            id
            traceId
            trace {
              id
              projectId
              outputPreview(chars: 280)
              error {
                exceptionType
              }
              comments {
                id
                text
                createdBy
              }
            }
          }
          values {
            measure
            value
            difference
            outcome
          }
          runs {
            passedCount
            totalCount
            passed
          }
        }
      }
      pageInfo {
        endCursor
        hasNextPage
      }
      totalCount
    }
  }
`);

type Node = DocumentType<typeof ComparedItemsQuery>["compareExperiments"]["nodes"][number];
export type ComparedRow = Node & { id: string };
export type ComparedCell = Node["cells"][number];
export type ComparedValue = ComparedCell["values"][number];

const PAGE_ITEMS = 50;
/** What was loaded is read again up to here; beyond, the rest comes as it is scrolled to. */
const READ_AGAIN_ITEMS_MAX = 300;

type Wanted = {
  ids: readonly string[];
  focus: ComparisonFocus | null;
  /** By a column, before the order of the focus. */
  sort: SortOrder | null;
  filter: string;
};

/** The items that experiments ran, page by page in order; read again when `revision` grows. */
export function useComparedItems({ ids, focus, sort, filter }: Wanted, revision: number) {
  const client = useClient();
  const wanted = JSON.stringify([ids, focus, sort, filter]);
  const key = `${revision} ${wanted}`;
  const list = useLiveList<ComparedRow>({
    key,
    load: (after) => {
      const isSame = list.key?.slice(list.key.indexOf(" ") + 1) === wanted;
      const loaded = isSame && after === null ? (list.list?.items.length ?? 0) : 0;
      const first = Math.max(PAGE_ITEMS, Math.min(loaded, READ_AGAIN_ITEMS_MAX));
      return readComparedItems(client, { ids, focus, sort, filter }, { first, after });
    },
  });
  /** Of another order or filter, what is in sight until the new one is there. */
  const isOther = list.key !== null && list.key.slice(list.key.indexOf(" ") + 1) !== wanted;
  return { ...list, isOther };
}

type Slice = { first: number; after: string | null };

export async function readComparedItems(
  client: Client,
  { ids, focus, sort, filter }: Wanted,
  slice: Slice,
): Promise<LoadedPage<ComparedRow>> {
  const wanted = { ids: [...ids], focus, sort, filter: filter || null };
  const data = await askAnew(client, ComparedItemsQuery, { ...wanted, ...slice });
  const { nodes, pageInfo, totalCount } = data.compareExperiments;
  const { hasNextPage, endCursor = null } = pageInfo;
  const items = nodes.map((node) => ({ ...node, id: node.datasetItemId }));
  return { items, hasNextPage, endCursor, totalCount, position: null };
}
