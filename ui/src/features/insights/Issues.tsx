import { Link } from "@tanstack/react-router";
import { Play, RotateCw, SlidersHorizontal } from "lucide-react";
import { type ReactNode, useState } from "react";
import { useMutation } from "urql";
import { Badge } from "@/components/Badge";
import { Button } from "@/components/Button";
import { Choice } from "@/components/Choice";
import { EmptyState } from "@/components/EmptyState";
import { Found } from "@/components/Found";
import { IconButton } from "@/components/IconButton";
import { type ListColumn, ListTable, RowNote, rowLink } from "@/components/ListTable";
import { Page } from "@/components/Page";
import { Segmented } from "@/components/Segmented";
import { Time } from "@/components/Time";
import { Summary } from "@/entities/details/Summary";
import { GuidanceDialog } from "@/features/insights/GuidanceDialog";
import { IssueDialog } from "@/features/insights/IssueDialog";
import { type InsightsJob, type Issue, useIssues } from "@/features/insights/useIssues";
import { SEVERITIES, STATUSES, severityName, severityOf, statusOf, toneOf } from "@/features/insights/words";
import { graphql } from "@/gql";
import { failureOf } from "@/lib/failure";
import { formatCount } from "@/lib/format";
import { useHotkeys } from "@/lib/hotkeys";
import { nextSortOrder, parseSortOrder, type SortOrder, writeSortOrder } from "@/lib/sortOrder";
import { showToast } from "@/lib/toasts";

const TriggerInsightsMutation = graphql(`
  mutation TriggerInsights($projectId: ID!) {
    triggerInsights(projectId: $projectId) {
      id
      triggeredAt
    }
  }
`);

export type IssuesSearch = {
  status?: string | undefined;
  severity?: string | undefined;
  sort?: string | undefined;
  /** The one that is open. */
  issue?: string | undefined;
};

type IssuesProps = {
  workspace: string;
  projectId: string;
  search: IssuesSearch;
  onSearch: (search: IssuesSearch) => void;
  /** The way to the traces that a filter finds. */
  tracesLink: (filter: string) => ReactNode;
};

/** What is found daily is wanted first. */
const LAST_SEEN: SortOrder = { field: "last_seen", direction: "DESC" };

/** What was found to be wrong in a project by whoever looks through its traces. */
export function Issues({ workspace, projectId, search, onSearch, tracesLink }: IssuesProps) {
  const status = statusOf(search.status);
  const sort = parseSortOrder(search.sort, LAST_SEEN);
  const issues = useIssues({
    projectId,
    status: status === "ALL" ? null : status,
    severity: severityOf(search.severity),
    sort,
  });
  const { list, failure, counts } = issues;
  const stand = counts?.insightsCounts;
  useHotkeys({ r: issues.refresh });
  const onSort = (field: string) =>
    onSearch({ ...search, sort: writeSortOrder(nextSortOrder(sort, field, LAST_SEEN), LAST_SEEN) });
  const isAsked = search.status !== undefined || search.severity !== undefined;
  return (
    <Page
      isWide
      title="Diagnostics"
      count={list?.totalCount}
      about={counts && <JobNote job={counts.insightsJob ?? null} />}
      actions={
        <Tools {...{ projectId, search, onSearch }} job={counts?.insightsJob ?? null} refresh={issues.refresh} />
      }
    >
      {stand && (
        <Summary
          items={[
            { label: "Open", value: formatCount(stand.open) },
            { label: "Critical", value: formatCount(stand.critical), tone: dangerIf(stand.critical) },
            { label: "High", value: formatCount(stand.high), tone: dangerIf(stand.high) },
            { label: "Medium", value: formatCount(stand.medium) },
            { label: "Low", value: formatCount(stand.low) },
            { label: "Resolved this week", value: formatCount(stand.resolvedThisWeek) },
            { label: "Resolved", value: formatCount(stand.resolved) },
          ]}
        />
      )}
      <Found what="issues" value={failure ? null : list} failure={failure} onRetry={issues.refresh}>
        {({ items }) => (
          <>
            {items.length === 0 ? (
              <NoIssues isAsked={isAsked} />
            ) : (
              <ListTable
                label="Issues"
                columns={columnsOf({ workspace, projectId, search })}
                rows={items}
                keyOf={({ id }) => id}
                order={{ sort, onSort }}
                isBusy={issues.isLoading}
                more={issues.more}
              />
            )}
            <IssueDialog
              issue={items.find(({ id }) => id === search.issue)}
              tracesLink={tracesLink}
              onClose={() => onSearch({ ...search, issue: undefined })}
              onChanged={issues.refresh}
            />
          </>
        )}
      </Found>
    </Page>
  );
}

const dangerIf = (count: number) => (count > 0 ? "danger" : undefined);

function JobNote({ job }: { job: InsightsJob | null }) {
  if (!job) return <p>Nobody has looked through this project yet.</p>;
  return (
    <p>
      {job.status === "ENABLED" ? "Looked through every day" : "Looked through when somebody asks"}
      {job.lastScanAt ? (
        <>
          ; results came <Time at={job.lastScanAt} style="relative" />
        </>
      ) : (
        "; no results yet"
      )}
      .
    </p>
  );
}

type ToolsProps = Pick<IssuesProps, "projectId" | "search" | "onSearch"> & {
  job: InsightsJob | null;
  refresh: () => void;
};

function Tools({ projectId, search, onSearch, job, refresh }: ToolsProps) {
  const [, trigger] = useMutation(TriggerInsightsMutation);
  const [isAsking, setAsking] = useState(false);
  const onTrigger = async () => {
    const { error } = await trigger({ projectId });
    showToast(error ? failureOf(error).message : "Asked whoever looks to look now.");
    refresh();
  };
  return (
    <>
      <Segmented
        label="Which issues"
        options={STATUSES}
        value={statusOf(search.status)}
        onChange={(next) => onSearch({ ...search, status: next === "OPEN" ? undefined : next.toLowerCase() })}
      />
      <Choice
        label="Severity"
        value={search.severity ?? ""}
        onChange={(severity) => onSearch({ ...search, severity: severity || undefined })}
        empty="any"
        options={SEVERITIES.map(({ label }) => ({ id: label, label }))}
      />
      <IconButton label="Refresh" shortcut="R" kind="plain" onPress={refresh}>
        <RotateCw aria-hidden />
      </IconButton>
      <Button onPress={() => setAsking(true)}>
        <SlidersHorizontal aria-hidden /> How to look
      </Button>
      <Button kind="primary" onPress={onTrigger}>
        <Play aria-hidden /> Look now
      </Button>
      <GuidanceDialog {...{ projectId, job }} isOpen={isAsking} onOpenChange={setAsking} onSaved={refresh} />
    </>
  );
}

function NoIssues({ isAsked }: { isAsked: boolean }) {
  return (
    <EmptyState title={isAsked ? "No issue is like this" : "No open issues"}>
      {isAsked ? (
        "Nothing that was found is what you ask for."
      ) : (
        <>
          Issues are found by a program of yours that reads the traces, and reported by it with{" "}
          <code>reportInsights</code>.
        </>
      )}
    </EmptyState>
  );
}

type ColumnsOptions = Pick<IssuesProps, "workspace" | "projectId" | "search">;

const columnsOf = ({ workspace, projectId, search }: ColumnsOptions): ListColumn<Issue>[] => [
  {
    label: "Issue",
    cell: ({ id, name, description }) => (
      <>
        <Link
          to="/$workspace/projects/$projectId/diagnostics"
          params={{ workspace, projectId }}
          search={{ ...search, issue: id }}
          className={rowLink}
        >
          {name}
        </Link>
        <RowNote>{description?.replace(/[*`]/g, "")}</RowNote>
      </>
    ),
  },
  {
    label: "Severity",
    sort: "severity",
    cell: ({ severity }) => <Badge tone={toneOf(severity)}>{severityName(severity)}</Badge>,
  },
  { label: "Status", isMinor: true, cell: ({ status }) => status.toLowerCase() },
  {
    label: "Traces",
    sort: "total_occurrences",
    isNumeric: true,
    cell: ({ summary }) => (summary ? `${formatCount(summary.count)} of ${formatCount(summary.totalCount)}` : "–"),
  },
  {
    label: "Users",
    sort: "users_impacted",
    isNumeric: true,
    isMinor: true,
    cell: ({ summary }) => (summary ? formatCount(summary.usersImpacted) : "–"),
  },
  { label: "First seen", sort: "first_seen", isMinor: true, cell: ({ summary }) => summary?.firstSeen ?? "–" },
  { label: "Last seen", sort: "last_seen", isMinor: true, cell: ({ summary }) => summary?.lastSeen ?? "–" },
];
