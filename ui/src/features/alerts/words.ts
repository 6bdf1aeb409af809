import type { AlertDelivery, AlertDestination, AlertEventType } from "@/gql/graphql";
import { formatAmount } from "@/lib/format";
import { isObject, type JsonObject, parseJson } from "@/lib/json";

// What alerts are about, in words for people. Pure.

export const DESTINATIONS: Record<AlertDestination, string> = {
  GENERAL: "General webhook",
  SLACK: "Slack",
  PAGER_DUTY: "PagerDuty",
};

export const EVENTS: Record<AlertEventType, string> = {
  TRACE_ERRORS: "Trace errors",
  TRACE_COST: "Trace cost",
  TRACE_LATENCY: "Trace latency",
  TRACE_SCORE: "Trace score",
  THREAD_SCORE: "Thread score",
  GUARDRAILS_TRIGGERED: "Guardrail triggered",
  PROMPT_CREATED: "Prompt created",
  PROMPT_COMMITTED: "Prompt committed",
  PROMPT_DELETED: "Prompt deleted",
  EXPERIMENT_FINISHED: "Experiment finished",
};

/** What is measured has thresholds, of these. */
export const MEASURED: Partial<Record<AlertEventType, string>> = {
  TRACE_ERRORS: "Failed traces",
  TRACE_COST: "Cost ($)",
  TRACE_LATENCY: "Average latency (seconds)",
  TRACE_SCORE: "Average score",
  THREAD_SCORE: "Average score",
};

export const isScore = (type: AlertEventType): boolean => type === "TRACE_SCORE" || type === "THREAD_SCORE";

export const DELIVERIES: Record<AlertDelivery, string> = {
  PENDING: "under way",
  DELIVERED: "delivered",
  FAILED: "not delivered",
};

const MINUTE = 60;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
export const WINDOWS = [5 * MINUTE, 15 * MINUTE, 30 * MINUTE, HOUR, 6 * HOUR, 12 * HOUR, DAY, 7 * DAY, 30 * DAY];

export function windowLabel(seconds: number): string {
  if (seconds % DAY === 0) return formatAmount(seconds / DAY, { one: "day", many: "days" });
  if (seconds % HOUR === 0) return formatAmount(seconds / HOUR, { one: "hour", many: "hours" });
  if (seconds % MINUTE === 0) return formatAmount(seconds / MINUTE, { one: "minute", many: "minutes" });
  return formatAmount(seconds, { one: "second", many: "seconds" });
}

const THINGS_SHOWN = 3;

/** What an alert saw when it fired, on one line. */
export function sawOf(metadata: string | null | undefined): string {
  if (!metadata) return "It was erased.";
  const things = parseJson(metadata);
  if (!Array.isArray(things)) return "";
  const known = things.filter(isObject);
  const shown = known.slice(0, THINGS_SHOWN).map(lineOf);
  if (known.length > shown.length) shown.push(`and ${known.length - shown.length} more`);
  return shown.join(", ");
}

function lineOf(thing: JsonObject): string {
  const text = (field: string) => (thing[field] == null ? "" : String(thing[field]));
  if (text("metric_value")) {
    const what = text("score_name") || text("metric_name");
    const window = windowLabel(Number(text("window_seconds")));
    return `${what} ${text("metric_value")} ${text("operator")} ${text("threshold")} over ${window}`;
  }
  const name = text("prompt_name") || text("name");
  return text("commit") ? `${name} ${text("commit")}` : name;
}
