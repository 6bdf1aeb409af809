import { useClient } from "urql";
import { type DocumentType, graphql } from "@/gql";
import type { InsightsFilter, InsightsIssueStatus, InsightsSeverity } from "@/gql/graphql";
import { askAnew } from "@/lib/askAnew";
import type { SortOrder } from "@/lib/sortOrder";
import { useChanges } from "@/lib/useChanges";
import { type LoadedPage, useLiveList } from "@/lib/useLiveList";
import { useWatched } from "@/lib/useWatched";

const IssuesPageQuery = graphql(`
  query InsightsIssuesPage($projectId: ID!, $filter: InsightsFilter, $sort: Sort, $first: Int!, $after: String) {
    insightsIssues(projectId: $projectId, filter: $filter, sort: $sort, first: $first, after: $after) {
      nodes {
        id
        projectId
        name
        description
        cause
        suggestedFix
        tracesQuery
        severity
        status
        closeNote
        statusChangedAt
        statusChangedBy
        summary {
          count
          totalCount
          usersImpacted
          totalUsers
          firstSeen
          lastSeen
          dayCount
        }
        days {
          day
          count
          totalCount
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

const IssueCountsQuery = graphql(`
  query InsightsCounts($projectId: ID!) {
    insightsJob(projectId: $projectId) {
      id
      status
      triggeredAt
      lastScanAt
      guidance
    }
    insightsCounts(projectId: $projectId) {
      open
      critical
      high
      medium
      low
      resolved
      resolvedThisWeek
    }
  }
`);

type Node = DocumentType<typeof IssuesPageQuery>["insightsIssues"]["nodes"][number];
export type Issue = Node;
export type InsightsJob = NonNullable<DocumentType<typeof IssueCountsQuery>["insightsJob"]>;

const PAGE_ISSUES = 50;
const WATCHED = ["INSIGHTS", "ISSUE"] as const;

type Wanted = {
  projectId: string;
  status: InsightsIssueStatus | null;
  severity: InsightsSeverity | null;
  sort: SortOrder;
};

/** What was found to be wrong in a project; what is found meanwhile is seen at once. */
export function useIssues({ projectId, status, severity, sort }: Wanted) {
  const client = useClient();
  const filter: InsightsFilter = { ...(status && { status }), ...(severity && { severity }) };
  const load = async (after: string | null): Promise<LoadedPage<Issue>> => {
    const data = await askAnew(client, IssuesPageQuery, { projectId, filter, sort, first: PAGE_ISSUES, after });
    const { nodes, pageInfo, totalCount } = data.insightsIssues;
    const { hasNextPage, endCursor = null } = pageInfo;
    return { items: nodes, hasNextPage, endCursor, totalCount, position: null };
  };
  const list = useLiveList({ key: JSON.stringify([projectId, filter, sort]), load });
  useChanges({ kinds: WATCHED, onChanged: list.catchUp });
  const counts = useWatched({ query: IssueCountsQuery, variables: { projectId }, of: { kinds: WATCHED } });
  const refresh = () => {
    list.refresh();
    counts.refresh();
  };
  return { ...list, refresh, counts: counts.data ?? null };
}
