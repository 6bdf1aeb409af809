import type { RunnerJobStatus } from "@/gql/graphql";

// How a job stands, in words and by how conspicuous it is.

const STATUSES: Record<RunnerJobStatus, { label: string; tone: "plain" | "accent" | "danger" }> = {
  PENDING: { label: "waits", tone: "plain" },
  RUNNING: { label: "running", tone: "accent" },
  COMPLETED: { label: "completed", tone: "plain" },
  FAILED: { label: "failed", tone: "danger" },
  CANCELLED: { label: "stopped", tone: "plain" },
};

export const statusOf = (status: RunnerJobStatus) => STATUSES[status];
