import type { OptimizationStatus } from "@/gql/graphql";

// How an optimization stands, in words and by how conspicuous it is.

export const STATUSES: readonly { id: OptimizationStatus; label: string; tone: "plain" | "accent" | "danger" }[] = [
  { id: "INITIALIZED", label: "waits", tone: "plain" },
  { id: "RUNNING", label: "running", tone: "accent" },
  { id: "COMPLETED", label: "completed", tone: "plain" },
  { id: "CANCELLED", label: "cancelled", tone: "plain" },
  { id: "ERROR", label: "failed", tone: "danger" },
];

export const statusOf = (id: string | undefined) => STATUSES.find((status) => status.id === id);
