import { useClient } from "urql";
import { type DocumentType, graphql } from "@/gql";
import type { OptimizationStatus } from "@/gql/graphql";
import { askAnew } from "@/lib/askAnew";
import type { SortOrder } from "@/lib/sortOrder";
import { type LoadedPage, useLiveList } from "@/lib/useLiveList";
import { useReadAgain } from "@/lib/useReadAgain";

const OptimizationsPageQuery = graphql(`
  query OptimizationsPage($wanted: WantedOptimizations!, $first: Int!, $after: String, $sort: Sort) {
    server {
      position
    }
    optimizations(wanted: $wanted, first: $first, after: $after, sort: $sort) {
      nodes {
        id
        name
        datasetId
        datasetName
        objectiveName
        status
        metadata
        trialCount
        baseline {
          objectiveScore
        }
        best {
          objectiveScore
          duration
          cost
        }
        totalCost
        createdAt
        createdBy
        lastUpdatedAt
      }
      pageInfo {
        endCursor
        hasNextPage
      }
      totalCount
    }
  }
`);

const OptimizationTouchesSubscription = graphql(`
  subscription OptimizationTouches($after: Position) {
    optimizationChanges(after: $after) {
      position
      kind
      optimizationId
      optimization {
        id
        projectId
      }
    }
  }
`);

export type OptimizationItem = DocumentType<typeof OptimizationsPageQuery>["optimizations"]["nodes"][number];

const PAGE_OPTIMIZATIONS = 50;

type Wanted = { projectId: string; name: string; status: OptimizationStatus | null; sort: SortOrder };

/** The optimizations of a project; read again while they run. */
export function useOptimizationList({ projectId, name, status, sort }: Wanted) {
  const client = useClient();
  const load = async (after: string | null): Promise<LoadedPage<OptimizationItem>> => {
    const variables = { wanted: { projectId, name: name || null, status }, first: PAGE_OPTIMIZATIONS, after, sort };
    const data = await askAnew(client, OptimizationsPageQuery, variables);
    const { nodes, pageInfo, totalCount } = data.optimizations;
    const { hasNextPage, endCursor = null } = pageInfo;
    return { items: nodes, hasNextPage, endCursor, totalCount, position: data.server.position };
  };
  const list = useLiveList({ key: JSON.stringify([projectId, name, status, sort]), load });
  useReadAgain({
    document: OptimizationTouchesSubscription,
    variables: {},
    position: list.position,
    isOurs: ({ optimizationChanges: { optimization } }) => !optimization || optimization.projectId === projectId,
    onReadAgain: () => {
      list.refresh();
      return true;
    },
  });
  return list;
}
