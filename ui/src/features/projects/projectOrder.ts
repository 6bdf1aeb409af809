import type { Sort } from "@/gql/graphql";
import type { SortOrder } from "@/lib/sortOrder";

// In which order projects are listed, as the address says and as the server understands it. Pure.

export const NEWEST: SortOrder = { field: "created", direction: "DESC" };

const FIELDS: Record<string, string> = {
  name: "name",
  created: "created_at",
  creator: "created_by",
  activity: "last_updated_trace_at",
  updated: "last_updated_at",
  traces: "trace_count",
  threads: "thread_count",
  errors: "error_count",
  p50: "duration.p50",
  p90: "duration.p90",
  p99: "duration.p99",
  cost: "total_estimated_cost_sum",
  cost_per_trace: "total_estimated_cost",
  tokens: "usage.total_tokens",
  tokens_in: "usage.prompt_tokens",
  tokens_out: "usage.completion_tokens",
  guardrails: "guardrails_failed_count",
};

/** An address that somebody wrote by hand may name an order that is none: then the newest come first. */
export function sortOf({ field, direction }: SortOrder): Sort {
  const known = FIELDS[field];
  return known ? { field: known, direction } : { field: "created_at", direction: NEWEST.direction };
}
