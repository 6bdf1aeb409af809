import { useClient } from "urql";
import { type DocumentType, graphql } from "@/gql";
import { type LoadedPage, useLiveList } from "@/lib/useLiveList";
import { useWatched } from "@/lib/useWatched";

const DatasetQuery = graphql(`
  query DatasetPage($id: ID!) {
    dataset(id: $id) {
      id
      name
      description
      kind
      tags
      itemCount
      versionCount
      experimentCount
      versions(first: 100) {
        nodes {
          id
          name
          hash
          isLatest
          tags
          itemCount
          addedCount
          modifiedCount
          deletedCount
          columns {
            name
          }
          description
          createdAt
          createdBy
        }
        pageInfo {
          hasNextPage
        }
      }
    }
  }
`);

export type Dataset = NonNullable<DocumentType<typeof DatasetQuery>["dataset"]>;
export type Version = Dataset["versions"]["nodes"][number];

export function useDataset(id: string) {
  const { data, failure, isLoading, refresh } = useWatched({ query: DatasetQuery, variables: { id } });
  return {
    dataset: data?.dataset ?? null,
    isMissing: !isLoading && data !== undefined && !data.dataset,
    failure,
    refresh,
  };
}

const ItemsPageQuery = graphql(`
  query DatasetItemsPage($id: ID!, $version: String, $first: Int!, $after: String, $filter: String, $search: String) {
    dataset(id: $id) {
      id
      items(version: $version, first: $first, after: $after, filter: $filter, search: $search) {
        nodes {
          id
          data
          source
          traceId
          tags
          lastUpdatedAt
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

export type Item = NonNullable<DocumentType<typeof ItemsPageQuery>["dataset"]>["items"]["nodes"][number];

const PAGE_ITEMS = 100;

type Wanted = { id: string; version: string | undefined; search: string; filter: string };

/** The items of a version; `revision` changes when it has been written. */
export function useItems({ id, version, search, filter }: Wanted, revision: string) {
  const client = useClient();
  const load = async (after: string | null): Promise<LoadedPage<Item>> => {
    const wanted = { id, version: version ?? null, first: PAGE_ITEMS, after };
    const variables = { ...wanted, search: search || null, filter: filter || null };
    const { data, error } = await client
      .query(ItemsPageQuery, variables, { requestPolicy: "network-only" })
      .toPromise();
    if (error || !data) throw error ?? new Error("the server sent no answer");
    if (!data.dataset) throw new Error("this dataset does not exist, or it was deleted");
    const { nodes, pageInfo, totalCount } = data.dataset.items;
    const { hasNextPage, endCursor = null } = pageInfo;
    return { items: nodes, hasNextPage, endCursor, totalCount, position: null };
  };
  return useLiveList({ key: JSON.stringify([id, version, search, filter, revision]), load });
}
