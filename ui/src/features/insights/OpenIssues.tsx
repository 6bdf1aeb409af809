import { Link } from "@tanstack/react-router";
import { Badge } from "@/components/Badge";
import { ShortList, ShortRow } from "@/components/ShortList";
import { severityName, toneOf } from "@/features/insights/words";
import { graphql } from "@/gql";
import { formatCount } from "@/lib/format";
import { useWatched } from "@/lib/useWatched";

const OpenIssuesQuery = graphql(`
  query OpenIssues($projectId: ID!, $first: Int!, $sort: Sort) {
    insightsIssues(projectId: $projectId, filter: { status: OPEN }, sort: $sort, first: $first) {
      nodes {
        id
        name
        severity
        summary {
          count
          totalCount
          lastSeen
        }
      }
      totalCount
    }
  }
`);

const SHOWN = 5;

/** What was found to be wrong in a project and is not settled, the worst first. */
export function OpenIssues({ workspace, projectId }: { workspace: string; projectId: string }) {
  const { data, failure, refresh } = useWatched({
    query: OpenIssuesQuery,
    variables: { projectId, first: SHOWN, sort: { field: "severity", direction: "DESC" as const } },
    of: { kinds: ["INSIGHTS", "ISSUE"] },
  });
  const place = { workspace, projectId };
  const count = data?.insightsIssues.totalCount ?? 0;
  return (
    <ShortList
      title="Open issues"
      what="issues"
      way={
        <Link to="/$workspace/projects/$projectId/diagnostics" params={place} search={{}}>
          {count > SHOWN ? `All ${formatCount(count)} open issues` : "Diagnostics"}
        </Link>
      }
      items={data?.insightsIssues.nodes}
      {...{ failure, onRetry: refresh }}
      empty="None."
      keyOf={({ id }) => id}
    >
      {({ id, name, severity, summary }) => (
        <ShortRow
          name={
            <Link to="/$workspace/projects/$projectId/diagnostics" params={place} search={{ issue: id }}>
              {name}
            </Link>
          }
          note={
            summary &&
            `${formatCount(summary.count)} of ${formatCount(summary.totalCount)} traces, last on ${summary.lastSeen}`
          }
        >
          <Badge tone={toneOf(severity)}>{severityName(severity)}</Badge>
        </ShortRow>
      )}
    </ShortList>
  );
}
