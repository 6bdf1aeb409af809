import { CircleCheck, CircleX, RotateCcw } from "lucide-react";
import { type ReactNode, useState } from "react";
import { useMutation } from "urql";
import { Button } from "@/components/Button";
import { ChartFrame } from "@/components/charts/ChartFrame";
import { colorOf } from "@/components/charts/chart";
import { LazyTimeChart } from "@/components/charts/LazyTimeChart";
import { Problem, TextField } from "@/components/Form";
import { Markdown } from "@/components/Markdown";
import { ModalDialog } from "@/components/ModalDialog";
import { Time } from "@/components/Time";
import { type Fact, Facts } from "@/entities/details/Facts";
import styles from "@/features/insights/Issues.module.css";
import type { Issue } from "@/features/insights/useIssues";
import { severityName } from "@/features/insights/words";
import { graphql } from "@/gql";
import type { InsightsIssueStatus } from "@/gql/graphql";
import { failureOf } from "@/lib/failure";
import { formatCount } from "@/lib/format";
import { showToast } from "@/lib/toasts";

const SetIssueStatusMutation = graphql(`
  mutation SetIssueStatus($projectId: ID!, $id: ID!, $status: InsightsIssueStatus!, $closeNote: String) {
    setInsightsIssueStatus(projectId: $projectId, id: $id, status: $status, closeNote: $closeNote) {
      id
      status
      closeNote
    }
  }
`);

const DAY_SECONDS = 86_400;
const CHART_PX = 180;

type IssueDialogProps = {
  /** Absent: none is open. */
  issue: Issue | undefined;
  tracesLink: (filter: string) => ReactNode;
  onClose: () => void;
  onChanged: () => void;
};

export function IssueDialog({ issue, onClose, ...props }: IssueDialogProps) {
  return (
    <ModalDialog title={issue?.name ?? "Issue"} isWide isOpen={issue !== undefined} onOpenChange={onClose}>
      {issue && <OpenIssue issue={issue} onClose={onClose} {...props} />}
    </ModalDialog>
  );
}

type OpenIssueProps = Omit<IssueDialogProps, "issue"> & { issue: Issue };

function OpenIssue({ issue, tracesLink, onClose, onChanged }: OpenIssueProps) {
  const parts = [
    { title: "What happens", text: issue.description },
    { title: "Why", text: issue.cause },
    { title: "What may help", text: issue.suggestedFix },
  ];
  return (
    <div className={styles.issue}>
      <Facts label="Facts" facts={factsOf(issue)} />
      {parts.map(
        ({ title, text }) =>
          text && (
            <section key={title} aria-label={title}>
              <h3>{title}</h3>
              <Markdown text={text} />
            </section>
          ),
      )}
      <Days issue={issue} />
      {issue.tracesQuery && <div>{tracesLink(issue.tracesQuery)}</div>}
      <StatusActions {...{ issue, onClose, onChanged }} />
    </div>
  );
}

function factsOf({ severity, status, summary, closeNote, statusChangedAt, statusChangedBy }: Issue): Fact[] {
  return [
    { label: "Severity", value: severityName(severity) },
    { label: "Status", value: status.toLowerCase() },
    {
      label: "Traces",
      value: summary ? `${formatCount(summary.count)} of ${formatCount(summary.totalCount)}` : null,
    },
    {
      label: "Users",
      value: summary ? `${formatCount(summary.usersImpacted)} of ${formatCount(summary.totalUsers)}` : null,
    },
    { label: "First seen", value: summary?.firstSeen },
    { label: "Last seen", value: summary?.lastSeen },
    {
      label: "Changed",
      value: statusChangedAt ? (
        <>
          <Time at={statusChangedAt} style="relative" /> by {statusChangedBy}
        </>
      ) : null,
    },
    { label: "Note", value: closeNote },
  ];
}

/** On how many traces of each day it was met. */
function Days({ issue: { days } }: { issue: Issue }) {
  if (days.length === 0) return null;
  const points = days.map(({ day, count }) => ({ time: `${day}T00:00:00Z`, values: [count] }));
  const series = [{ label: "traces", color: colorOf(0), shape: "bar" as const }];
  const lines = () => [["day", "traces", "of"], ...days.map(({ day, count, totalCount }) => [day, count, totalCount])];
  return (
    <ChartFrame title="Traces with it" value="by day" lines={lines}>
      <LazyTimeChart
        label="Traces with it"
        height={CHART_PX}
        bucketSeconds={DAY_SECONDS}
        {...{ points, series }}
        format={formatCount}
      />
    </ChartFrame>
  );
}

type StatusActionsProps = Pick<OpenIssueProps, "issue" | "onClose" | "onChanged">;

function StatusActions({ issue, onClose, onChanged }: StatusActionsProps) {
  const [, change] = useMutation(SetIssueStatusMutation);
  const [note, setNote] = useState("");
  const [problem, setProblem] = useState<string | null>(null);
  const set = async (status: InsightsIssueStatus) => {
    const closeNote = status === "CLOSED" ? note.trim() || null : null;
    const { error } = await change({ projectId: issue.projectId, id: issue.id, status, closeNote });
    if (error) return setProblem(failureOf(error).message);
    showToast(`${issue.name} is ${status.toLowerCase()}.`, async () => {
      await change({
        projectId: issue.projectId,
        id: issue.id,
        status: issue.status,
        closeNote: issue.closeNote ?? null,
      });
      onChanged();
    });
    onClose();
    onChanged();
  };
  return (
    <>
      <Problem text={problem} />
      <div className={styles.actions}>
        {issue.status === "OPEN" ? (
          <>
            <div className={styles.note}>
              <TextField label="Why it is no issue (optional)" value={note} onChange={setNote} />
            </div>
            <Button onPress={() => set("CLOSED")}>
              <CircleX aria-hidden /> Close it
            </Button>
            <Button kind="primary" onPress={() => set("RESOLVED")}>
              <CircleCheck aria-hidden /> Resolved
            </Button>
          </>
        ) : (
          <Button onPress={() => set("OPEN")}>
            <RotateCcw aria-hidden /> Reopen
          </Button>
        )}
      </div>
    </>
  );
}
