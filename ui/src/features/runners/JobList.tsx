import { Badge } from "@/components/Badge";
import { Time } from "@/components/Time";
import { statusOf } from "@/features/runners/jobStatuses";
import { durationOf } from "@/features/runners/jobTimes";
import type { ListedJob } from "@/features/runners/useRunners";
import { formatDuration } from "@/lib/format";
import styles from "./Playground.module.css";

type JobListProps = { jobs: readonly ListedJob[]; openId: string | undefined; onOpen: (id: string) => void };

/** What ran lately. */
export function JobList({ jobs, openId, onOpen }: JobListProps) {
  return (
    <section aria-label="Runs" className={styles.jobs}>
      <h2>Runs</h2>
      <ol>
        {jobs.map((job) => {
          const { label, tone } = statusOf(job.status);
          return (
            <li key={job.id}>
              <button type="button" aria-current={job.id === openId || undefined} onClick={() => onOpen(job.id)}>
                <span>{job.agent}</span>
                <Badge tone={tone}>{label}</Badge>
                <small>{formatDuration(durationOf(job))}</small>
                <small>
                  <Time at={job.createdAt} style="relative" />
                </small>
              </button>
            </li>
          );
        })}
      </ol>
    </section>
  );
}
