import { useClient } from "urql";
import { type DocumentType, graphql } from "@/gql";
import { askAnew } from "@/lib/askAnew";
import type { SortOrder } from "@/lib/sortOrder";
import { useChanges } from "@/lib/useChanges";
import { type LoadedPage, useLiveList } from "@/lib/useLiveList";

const AlertsQuery = graphql(`
  query Alerts($projectId: ID!, $first: Int!, $after: String, $name: String, $sort: Sort) {
    alerts(projectId: $projectId, first: $first, after: $after, name: $name, sort: $sort) {
      nodes {
        id
        name
        isEnabled
        destination
        url
        projectId
        triggers {
          eventType
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

export type AlertItem = DocumentType<typeof AlertsQuery>["alerts"]["nodes"][number];

const PAGE_ALERTS = 50;

/** The alerts that may fire because of something in a project; those in whose name the words stand. */
export function useAlertList(projectId: string, name: string, sort: SortOrder) {
  const client = useClient();
  const load = async (after: string | null): Promise<LoadedPage<AlertItem>> => {
    const variables = { projectId, first: PAGE_ALERTS, after, name: name || null, sort };
    const data = await askAnew(client, AlertsQuery, variables);
    const { nodes, pageInfo, totalCount } = data.alerts;
    const { hasNextPage, endCursor = null } = pageInfo;
    return { items: nodes, hasNextPage, endCursor, totalCount, position: null };
  };
  const list = useLiveList({ key: JSON.stringify([projectId, name, sort]), load });
  useChanges({ kinds: ["ALERT"], onChanged: list.catchUp });
  return list;
}
