import type { InsightsIssueStatus, InsightsSeverity } from "@/gql/graphql";

// What statuses and severities of issues are called, and how an address names them. Pure.

export const STATUSES: readonly { id: InsightsIssueStatus | "ALL"; label: string }[] = [
  { id: "OPEN", label: "Open" },
  { id: "RESOLVED", label: "Resolved" },
  { id: "CLOSED", label: "Closed" },
  { id: "ALL", label: "All" },
];

export const SEVERITIES: readonly { id: InsightsSeverity; label: string }[] = [
  { id: "CRITICAL", label: "critical" },
  { id: "HIGH", label: "high" },
  { id: "MEDIUM", label: "medium" },
  { id: "LOW", label: "low" },
];

export const severityName = (severity: InsightsSeverity) => SEVERITIES.find(({ id }) => id === severity)?.label ?? "";

export const toneOf = (severity: InsightsSeverity) =>
  severity === "CRITICAL" || severity === "HIGH" ? "danger" : "plain";

export const statusOf = (text: string | undefined) =>
  STATUSES.find(({ id }) => id.toLowerCase() === text)?.id ?? "OPEN";

export const severityOf = (text: string | undefined): InsightsSeverity | null =>
  SEVERITIES.find(({ label }) => label === text)?.id ?? null;
