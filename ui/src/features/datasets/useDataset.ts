import { type Client, useClient } from "urql";
import { type DocumentType, graphql, readFragment } from "@/gql";
import { askAnew } from "@/lib/askAnew";
import { useChanges } from "@/lib/useChanges";
import { type LoadedPage, useLiveList } from "@/lib/useLiveList";
import { useWatched } from "@/lib/useWatched";

const DatasetVersionFragment = graphql(`
  fragment DatasetVersionParts on DatasetVersion {
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
`);

const DatasetQuery = graphql(`
  query DatasetPage($id: ID!, $first: Int!, $version: String!, $hasVersion: Boolean!) {
    dataset(id: $id) {
      id
      name
      description
      kind
      project {
        id
        name
      }
      tags
      itemCount
      versionCount
      experimentCount
      versions(first: $first) {
        nodes {
          ...DatasetVersionParts
        }
      }
      version(reference: $version) @include(if: $hasVersion) {
        ...DatasetVersionParts
      }
    }
  }
`);

const DatasetVersionsQuery = graphql(`
  query DatasetVersions($id: ID!, $first: Int!, $after: String) {
    dataset(id: $id) {
      id
      versions(first: $first, after: $after) {
        nodes {
          ...DatasetVersionParts
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

const PAGE_VERSIONS = 50;

export type Version = DocumentType<typeof DatasetVersionFragment>;
type Read = NonNullable<DocumentType<typeof DatasetQuery>["dataset"]>;
export type Dataset = Omit<Read, "version" | "versions"> & {
  /** The newest ones, and the one that is asked for. */
  versions: readonly Version[];
};

/** A dataset with its newest versions, and with that of a hash, however old. */
export function useDataset(id: string, version: string | undefined) {
  const { data, failure, isLoading, refresh } = useWatched({
    query: DatasetQuery,
    variables: { id, first: PAGE_VERSIONS, version: version ?? "", hasVersion: version !== undefined },
    of: { kinds: ["DATASET", "EXPERIMENT"] },
  });
  return {
    dataset: data?.dataset ? datasetOf(data.dataset) : null,
    isMissing: !isLoading && data !== undefined && !data.dataset,
    failure,
    refresh,
  };
}

function datasetOf({ version, versions, ...dataset }: Read): Dataset {
  const newest = readFragment(DatasetVersionFragment, versions.nodes);
  const chosen = readFragment(DatasetVersionFragment, version);
  const isFurther = chosen && newest.every(({ id }) => id !== chosen.id);
  return { ...dataset, versions: isFurther ? [...newest, chosen] : newest };
}

/** All versions of a dataset, the newest first. */
export function useVersions(id: string) {
  const client = useClient();
  const load = async (after: string | null): Promise<LoadedPage<Version>> => {
    const data = await askAnew(client, DatasetVersionsQuery, { id, first: PAGE_VERSIONS, after });
    if (!data.dataset) throw new Error("this dataset does not exist, or it was deleted");
    const { nodes, pageInfo, totalCount } = data.dataset.versions;
    const { hasNextPage, endCursor = null } = pageInfo;
    const items = [...readFragment(DatasetVersionFragment, nodes)];
    return { items, hasNextPage, endCursor, totalCount, position: null };
  };
  const list = useLiveList({ key: id, load });
  useChanges({ kinds: ["DATASET"], id, onChanged: list.catchUp });
  return list;
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
          description
          tags
          evaluators
          executionPolicy {
            runsPerItem
            passThreshold
          }
          createdAt
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
export function useItems(wanted: Wanted, revision: string) {
  const client = useClient();
  const { id, version, search, filter } = wanted;
  const load = (after: string | null) => readItems(client, wanted, after);
  return useLiveList({ key: JSON.stringify([id, version, search, filter, revision]), load });
}

/** A page of the items of a version. */
export async function readItems(
  client: Client,
  { id, version, search, filter }: Wanted,
  after: string | null,
): Promise<LoadedPage<Item>> {
  const wanted = { id, version: version ?? null, first: PAGE_ITEMS, after };
  const variables = { ...wanted, search: search || null, filter: filter || null };
  const data = await askAnew(client, ItemsPageQuery, variables);
  if (!data.dataset) throw new Error("this dataset does not exist, or it was deleted");
  const { nodes, pageInfo, totalCount } = data.dataset.items;
  const { hasNextPage, endCursor = null } = pageInfo;
  return { items: nodes, hasNextPage, endCursor, totalCount, position: null };
}
