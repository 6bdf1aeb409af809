import { inOrder, textOfValue, wordsOfField } from "@/features/history/changeWords";
import type { AuditAction, AuditActor, AuditArea, AuditThingKind } from "@/gql/graphql";
import { formatAmount } from "@/lib/format";

// What the audit log says, in words for people. Pure.

export const AREAS: Record<AuditArea, string> = {
  PROJECTS: "projects",
  TRACES: "traces",
  SPANS: "spans",
  THREADS: "threads",
  FEEDBACK: "scores",
  COMMENTS: "comments",
  ATTACHMENTS: "attachments",
  GUARDRAILS: "guardrails",
  OTEL: "OpenTelemetry",
  PROMPTS: "prompts",
  DATASETS: "datasets",
  EXPERIMENTS: "experiments",
  OPTIMIZATIONS: "optimizations",
  ANNOTATIONS: "annotation queues",
  DASHBOARDS: "dashboards",
  ALERTS: "alerts",
  AGENTS: "agents",
  RUNNERS: "runners",
  INSIGHTS: "insights",
  DEFINITIONS: "feedback definitions",
  ENVIRONMENTS: "environments",
  PRICES: "prices",
  RETENTION: "retention rules",
  DERIVED: "derived columns",
  HISTORY: "undone changes",
  ERASURES: "erasures",
  WORKSPACES: "workspace",
};

export const ACTIONS: Record<AuditAction, string> = {
  CREATE: "made",
  UPDATE: "changed",
  DELETE: "deleted",
  READ: "exported",
};

export const THINGS: Record<AuditThingKind, string> = {
  WORKSPACE: "workspace",
  PROJECT: "project",
  TRACE: "trace",
  SPAN: "span",
  THREAD: "thread",
  FEEDBACK_DEFINITION: "feedback definition",
  ENVIRONMENT: "environment",
  PRICE: "price",
  REPRICING: "pricing anew",
  PROMPT: "prompt",
  DATASET: "dataset",
  EXPERIMENT: "experiment",
  ANNOTATION_QUEUE: "annotation queue",
  OPTIMIZATION: "optimization",
  DASHBOARD: "dashboard",
  ALERT: "alert",
  SAVED_QUERY: "saved query",
  AGENT: "agent",
  RUNNER: "runner",
  JOB: "job",
  INSIGHTS: "insights",
  ISSUE: "issue",
  RETENTION_RULE: "retention rule",
  DERIVED_COLUMN: "derived column",
  ERASURE: "erasure",
  FILE: "file",
  UNKNOWN: "thing",
};

/** Who is no person and no program of one. */
export const ACTORS: Record<AuditActor, string | null> = {
  CALLER: null,
  RETENTION_RULE: "rule",
  SERVER: "server",
};

type Said = { field: string; value: string };
type Told = {
  said: readonly Said[];
  saidOmitted: number;
  isLong: boolean;
  isErased: boolean;
  undoes?: string | null | undefined;
  thing?: { name?: string | null | undefined } | null | undefined;
};

/** Beside what an event is about these say little. */
const QUIET = new Set(["project_id", "trace_id", "parent_span_id", "start_time", "end_time", "visibility", "entity"]);
const SAID_SHOWN = 4;
const VALUE_CHARS_MAX = 60;

/** What an event says, on one line. */
export function summaryOf({ said, saidOmitted, isLong, isErased, undoes, thing }: Told): string {
  if (isErased) return "What it said was erased for good.";
  if (undoes) return `Takes back what happened at position ${undoes}.`;
  if (isLong) return "It says much; open it to read.";
  const loud = inOrder(said).filter(({ field, value }) => {
    return !QUIET.has(field) && !(field === "name" && textOfValue(field, value) === thing?.name);
  });
  let part = "";
  const shown = loud.slice(0, SAID_SHOWN).map(({ field, value }) => {
    const [first = "", ...inner] = wordsOfField(field).split(", ");
    const words = inner.length > 0 && first === part ? inner : [first, ...inner];
    part = first;
    return `${words.join(", ")}: ${short(textOfValue(field, value))}`;
  });
  const more = loud.length - shown.length + saidOmitted;
  if (more > 0) shown.push(`and ${formatAmount(more, { one: "field more", many: "fields more" })}`);
  return shown.join(" · ");
}

function short(text: string): string {
  const line = text.replaceAll(/\s+/g, " ").trim();
  const chars = [...line];
  if (chars.length === 0) return "empty";
  return chars.length <= VALUE_CHARS_MAX ? line : `${chars.slice(0, VALUE_CHARS_MAX).join("").trimEnd()}…`;
}
