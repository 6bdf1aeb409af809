import { useClient } from "urql";
import { type DocumentType, graphql } from "@/gql";
import type { DatasetKind } from "@/gql/graphql";
import { askAnew } from "@/lib/askAnew";
import type { SortOrder } from "@/lib/sortOrder";
import { useChanges } from "@/lib/useChanges";
import { type LoadedPage, useLiveList } from "@/lib/useLiveList";

const DatasetsPageQuery = graphql(`
  query DatasetsPage(
    $projectId: ID!
    $first: Int!
    $after: String
    $name: String
    $kind: DatasetKind
    $sort: Sort
  ) {
    datasets(projectId: $projectId, first: $first, after: $after, name: $name, kind: $kind, sort: $sort) {
      nodes {
        id
        name
        description
        kind
        tags
        itemCount
        versionCount
        experimentCount
        lastUpdatedAt
        lastExperimentAt
        optimizationCount
        lastOptimizationAt
        createdAt
        createdBy
      }
      pageInfo {
        endCursor
        hasNextPage
      }
      totalCount
    }
  }
`);

export type DatasetItem = DocumentType<typeof DatasetsPageQuery>["datasets"]["nodes"][number];

const PAGE_DATASETS = 50;

type Wanted = { projectId: string; name: string; kind: DatasetKind | null; sort: SortOrder };

/** The datasets of a project; those in whose name the words stand. */
export function useDatasetList({ projectId, name, kind, sort }: Wanted) {
  const client = useClient();
  const load = async (after: string | null): Promise<LoadedPage<DatasetItem>> => {
    const variables = { projectId, first: PAGE_DATASETS, after, name: name || null, kind, sort };
    const data = await askAnew(client, DatasetsPageQuery, variables);
    const { nodes, pageInfo, totalCount } = data.datasets;
    const { hasNextPage, endCursor = null } = pageInfo;
    return { items: nodes, hasNextPage, endCursor, totalCount, position: null };
  };
  const list = useLiveList({ key: JSON.stringify([projectId, name, kind, sort]), load });
  useChanges({ kinds: ["DATASET", "EXPERIMENT", "OPTIMIZATION"], onChanged: list.catchUp });
  return list;
}
