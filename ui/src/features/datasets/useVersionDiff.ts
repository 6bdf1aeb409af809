import { useClient } from "urql";
import { type DocumentType, graphql } from "@/gql";
import { askAnew } from "@/lib/askAnew";
import { type LoadedPage, useLiveList } from "@/lib/useLiveList";

const DatasetDiffQuery = graphql(`
  query DatasetDiff($id: ID!, $from: String!, $to: String!, $first: Int!, $after: String) {
    dataset(id: $id) {
      id
      diff(from: $from, to: $to) {
        changes(first: $first, after: $after) {
          nodes {
            itemId
            kind
            before {
              data
              description
              tags
              evaluators
              executionPolicy {
                runsPerItem
                passThreshold
              }
            }
            after {
              data
              description
              tags
              evaluators
              executionPolicy {
                runsPerItem
                passThreshold
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
    }
  }
`);

const PAGE_CHANGES = 20;

type Node = NonNullable<DocumentType<typeof DatasetDiffQuery>["dataset"]>["diff"]["changes"]["nodes"][number];
export type ItemDifference = Node & { id: string };

/** The items that differ between two versions, named by their hashes. */
export function useVersionDiff(datasetId: string, from: string, to: string) {
  const client = useClient();
  const load = async (after: string | null): Promise<LoadedPage<ItemDifference>> => {
    const data = await askAnew(client, DatasetDiffQuery, { id: datasetId, from, to, first: PAGE_CHANGES, after });
    if (!data.dataset) throw new Error("this dataset does not exist, or it was deleted");
    const { nodes, pageInfo, totalCount } = data.dataset.diff.changes;
    const { hasNextPage, endCursor = null } = pageInfo;
    const items = nodes.map((node) => ({ ...node, id: node.itemId }));
    return { items, hasNextPage, endCursor, totalCount, position: null };
  };
  return useLiveList({ key: JSON.stringify([datasetId, from, to]), load });
}
