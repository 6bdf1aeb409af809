import { useClient } from "urql";
import { type DocumentType, graphql } from "@/gql";
import { askAnew } from "@/lib/askAnew";
import { useLive } from "@/lib/useLive";
import { type LoadedPage, useLiveList } from "@/lib/useLiveList";

const DashboardsQuery = graphql(`
  query Dashboards($first: Int!, $after: String) {
    server {
      position
    }
    dashboards(first: $first, after: $after) {
      nodes {
        id
        name
        description
        project {
          id
          name
        }
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

/** The dashboards of the workspace. */
export function useDashboardList() {
  const client = useClient();
  const load = async (after: string | null): Promise<LoadedPage<DashboardItem>> => {
    const data = await askAnew(client, DashboardsQuery, { first: PAGE_DASHBOARDS, after });
    const { nodes, pageInfo, totalCount } = data.dashboards;
    const { hasNextPage, endCursor = null } = pageInfo;
    return { items: nodes, hasNextPage, endCursor, totalCount, position: data.server.position };
  };
  const list = useLiveList({ key: "dashboards", load });
  useLive({
    document: DashboardsChangedSubscription,
    variables: { after: list.position },
    pause: list.position === null,
    onChanges: () => list.catchUp(),
  });
  return list;
}
