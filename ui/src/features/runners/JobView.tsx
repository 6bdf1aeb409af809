import { RotateCcw } from "lucide-react";
import { type ReactNode, useEffect, useState } from "react";
import { Badge } from "@/components/Badge";
import { Button } from "@/components/Button";
import { Facts } from "@/entities/details/Facts";
import { Payload } from "@/entities/payload/Payload";
import { JobLog } from "@/features/runners/JobLog";
import { statusOf } from "@/features/runners/jobStatuses";
import { durationOf } from "@/features/runners/jobTimes";
import { isOpen, type Job, type LogLine } from "@/features/runners/useJob";
import { formatCost, formatCount, formatDuration, formatInstant } from "@/lib/format";
import styles from "./Playground.module.css";

type JobViewProps = {
  job: Job;
  lines: readonly LogLine[];
  /** Null where its agent is not connected. */
  onAgain: (() => void) | null;
  traceLink: (traceId: string) => ReactNode;
  trajectory: ReactNode;
};

/** One run of an agent: how it stands, what it answered, what it did, and what it printed. */
export function JobView({ job, lines, onAgain, traceLink, trajectory }: JobViewProps) {
  const { agent, status, inputs, result, error, trace, traceId } = job;
  const { label, tone } = statusOf(status);
  return (
    <section aria-label={`Run of ${agent}`} className={styles.run}>
      <header className={styles.head}>
        <h2>{agent}</h2>
        <span role="status">
          <Badge tone={tone}>{label}</Badge>
        </span>
        <div className={styles.acts}>
          {traceId && traceLink(traceId)}
          {onAgain && (
            <Button onPress={onAgain}>
              <RotateCcw aria-hidden /> Use these inputs
            </Button>
          )}
        </div>
      </header>
      <Facts
        label="Figures"
        facts={[
          {
            label: "Latency",
            value: isOpen(job) ? <Elapsed since={job.startedAt} /> : formatDuration(durationOf(job)) || "–",
          },
          { label: "Tokens", value: trace?.totalTokens == null ? "–" : formatCount(trace.totalTokens) },
          { label: "Cost", value: formatCost(trace?.cost) || "–" },
          { label: "Asked", value: formatInstant(job.createdAt) },
        ]}
      />
      {error && (
        <p role="alert" className={styles.error}>
          {error}
        </p>
      )}
      {status === "PENDING" && <p className={styles.note}>The program takes it when it is free.</p>}
      {result != null && <Payload title="Result" text={result} />}
      {trajectory}
      <JobLog key={job.id} lines={lines} />
      {inputs && <Payload title="Given" text={inputs} />}
    </section>
  );
}

const TICK_MS = 100;

function Elapsed({ since }: { since: string | null | undefined }) {
  const [now, setNow] = useState(Date.now);
  useEffect(() => {
    const timer = window.setInterval(() => setNow(Date.now()), TICK_MS);
    return () => window.clearInterval(timer);
  }, []);
  if (!since) return "not begun";
  const ms = Math.max(0, now - Date.parse(since));
  return `${ms < 60_000 ? `${(ms / 1_000).toFixed(1)} s` : formatDuration(ms)} so far`;
}
