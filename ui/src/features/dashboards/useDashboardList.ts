import { useClient } from "urql";
import { type DocumentType, graphql } from "@/gql";
import { askAnew } from "@/lib/askAnew";
import type { SortOrder } from "@/lib/sortOrder";
import { useLive } from "@/lib/useLive";
import { type LoadedPage, useLiveList } from "@/lib/useLiveList";

const DashboardsQuery = graphql(`
  query Dashboards($first: Int!, $after: String, $name: String, $sort: Sort) {
    server {
      position
    }
    dashboards(first: $first, after: $after, name: $name, sort: $sort) {
      nodes {
        id
        name
        description
        project {
          id
          name
        }
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

const DashboardsChangedSubscription = graphql(`
  subscription DashboardsChanged($after: Position) {
    dashboardChanges(after: $after) {
      position
      kind
      dashboardId
    }
  }
`);

export type DashboardItem = DocumentType<typeof DashboardsQuery>["dashboards"]["nodes"][number];

const PAGE_DASHBOARDS = 50;

/** The dashboards of the workspace; those in whose name the words stand. */
export function useDashboardList(name: string, sort: SortOrder) {
  const client = useClient();
  const load = async (after: string | null): Promise<LoadedPage<DashboardItem>> => {
    const data = await askAnew(client, DashboardsQuery, { first: PAGE_DASHBOARDS, after, name: name || null, sort });
    const { nodes, pageInfo, totalCount } = data.dashboards;
    const { hasNextPage, endCursor = null } = pageInfo;
    return { items: nodes, hasNextPage, endCursor, totalCount, position: data.server.position };
  };
  const list = useLiveList({ key: JSON.stringify([name, sort]), load });
  useLive({
    document: DashboardsChangedSubscription,
    variables: { after: list.position },
    pause: list.position === null,
    onChanges: () => list.catchUp(),
  });
  return list;
}
