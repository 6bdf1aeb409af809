import { Badge } from "@/components/Badge";
import { Time } from "@/components/Time";
import { Badges, Preview, Running } from "@/entities/logs/cells";
import type { LogColumn } from "@/entities/logs/logKind";
import { formatCost, formatCount, formatDuration, formatScore } from "@/lib/format";

// What traces, spans and threads have in common, as columns of the table of the logs. A kind puts them in its order.

type Maybe<Value> = Value | null | undefined;

export type Recorded = {
  id: string;
  startTime: string;
  endTime?: Maybe<string>;
  durationMs?: Maybe<number>;
  tags: readonly string[];
  environment?: Maybe<string>;
  source?: Maybe<string>;
  totalTokens?: Maybe<number>;
  usage: readonly { key: string; value: number }[];
  cost?: Maybe<number>;
  feedbackScores: readonly { name: string; value: number }[];
  createdBy: string;
  lastUpdatedAt: string;
};

const usageOf = ({ usage }: Pick<Recorded, "usage">, wanted: string) => usage.find(({ key }) => key === wanted)?.value;

/** How many tokens of a kind, for who asks for it. */
const tokensOf = (id: string, label: string, key: string) =>
  ({
    id,
    label,
    width: 92,
    isNumeric: true,
    isHidden: true,
    sort: `usage.${key}`,
    field: `usage.${key}`,
    text: (row) => usageOf(row, key),
    cell: (row) => {
      const count = usageOf(row, key);
      return count !== undefined && formatCount(count);
    },
  }) satisfies LogColumn<Recorded>;

export const RECORDED = {
  start: {
    id: "start",
    label: "Start",
    width: 118,
    sort: "start_time",
    text: (row) => row.startTime,
    cell: (row) => <Time at={row.startTime} style="list" />,
  },
  duration: {
    id: "duration",
    label: "Duration",
    width: 92,
    isNumeric: true,
    sort: "duration",
    field: "duration",
    text: (row) => row.durationMs,
    cell: (row) => (row.endTime ? formatDuration(row.durationMs) : <Running />),
  },
  tokens: {
    id: "tokens",
    label: "Tokens",
    width: 82,
    isNumeric: true,
    sort: "usage.total_tokens",
    field: "usage.total_tokens",
    text: (row) => row.totalTokens,
    cell: (row) => row.totalTokens != null && formatCount(row.totalTokens),
  },
  tokensIn: tokensOf("tokensIn", "Tokens in", "prompt_tokens"),
  tokensOut: tokensOf("tokensOut", "Tokens out", "completion_tokens"),
  cost: {
    id: "cost",
    label: "Cost",
    width: 82,
    isNumeric: true,
    sort: "cost",
    field: "cost",
    text: (row) => row.cost,
    cell: (row) => formatCost(row.cost),
  },
  tags: {
    id: "tags",
    label: "Tags",
    width: 120,
    field: "tags",
    text: (row) => row.tags.join(", "),
    cell: (row) => <Badges texts={row.tags} />,
  },
  scores: {
    id: "scores",
    label: "Feedback",
    width: 180,
    isHidden: true,
    text: (row) => row.feedbackScores.map(({ name, value }) => `${name} ${value}`).join(", "),
    cell: (row) => <Badges texts={row.feedbackScores.map(({ name, value }) => `${name} ${formatScore(value)}`)} />,
  },
  environment: {
    id: "environment",
    label: "Environment",
    width: 110,
    field: "environment",
    isHidden: true,
    text: (row) => row.environment,
    cell: (row) => row.environment,
  },
  end: {
    id: "end",
    label: "End",
    width: 118,
    isHidden: true,
    sort: "end_time",
    text: (row) => row.endTime,
    cell: (row) => row.endTime && <Time at={row.endTime} style="list" />,
  },
  createdBy: {
    id: "createdBy",
    label: "Created by",
    width: 110,
    field: "created_by",
    isHidden: true,
    text: (row) => row.createdBy,
    cell: (row) => row.createdBy,
  },
  updated: {
    id: "updated",
    label: "Last updated",
    width: 118,
    isHidden: true,
    sort: "last_updated_at",
    text: (row) => row.lastUpdatedAt,
    cell: (row) => <Time at={row.lastUpdatedAt} style="relative" />,
  },
  id: {
    id: "id",
    label: "ID",
    width: 290,
    isHidden: true,
    text: (row) => row.id,
    cell: ({ id }) => <code>{id}</code>,
  },
  source: {
    id: "source",
    label: "Source",
    width: 80,
    field: "source",
    isHidden: true,
    text: (row) => row.source,
    cell: (row) => row.source,
  },
} satisfies Record<string, LogColumn<Recorded>>;

/** What spans were made within. */
export const SPANNED = {
  llmCalls: {
    id: "llmCalls",
    label: "LLM calls",
    width: 86,
    isNumeric: true,
    isHidden: true,
    sort: "llm_span_count",
    field: "llm_span_count",
    text: (row) => row.llmSpanCount,
    cell: (row) => formatCount(row.llmSpanCount),
  },
} satisfies Record<string, LogColumn<{ llmSpanCount: number }>>;

export type RecordedCall = Recorded & {
  name?: Maybe<string>;
  inputPreview?: Maybe<string>;
  outputPreview?: Maybe<string>;
  values: readonly Maybe<string>[];
  derived: readonly { name: string; value?: Maybe<string> }[];
  error?: Maybe<{ exceptionType?: Maybe<string>; message?: Maybe<string> }>;
  comments: readonly unknown[];
  guardrailChecks: readonly { name: string; passed: boolean }[];
};

/** Of traces and spans. */
export const CALLS = {
  ...RECORDED,
  input: {
    id: "input",
    label: "Input",
    width: 140,
    grows: true,
    text: (row) => row.inputPreview,
    cell: (row) => <Preview text={row.inputPreview} />,
  },
  output: {
    id: "output",
    label: "Output",
    width: 140,
    grows: true,
    text: (row) => row.outputPreview,
    cell: (row) => <Preview text={row.outputPreview} />,
  },
  errors: {
    id: "errors",
    label: "Errors",
    width: 120,
    field: "error_type",
    text: (row) => row.error?.exceptionType,
    cell: ({ error }) =>
      error && (
        <Badge tone="danger" title={error.message ?? undefined}>
          {error.exceptionType}
        </Badge>
      ),
  },
  message: {
    id: "message",
    label: "Error message",
    width: 220,
    isHidden: true,
    text: (row) => row.error?.message,
    cell: (row) => <Preview text={row.error?.message} />,
  },
  comments: {
    id: "comments",
    label: "Comments",
    width: 92,
    isNumeric: true,
    isHidden: true,
    text: (row) => row.comments.length,
    cell: ({ comments }) => comments.length > 0 && formatCount(comments.length),
  },
  guardrails: {
    id: "guardrails",
    label: "Guardrails",
    width: 120,
    isHidden: true,
    text: (row) => row.guardrailChecks.map(({ name, passed }) => `${name} ${passed ? "passed" : "failed"}`).join(", "),
    cell: ({ guardrailChecks: checks }) => {
      const failed = checks.filter(({ passed }) => !passed).map(({ name }) => name);
      if (checks.length === 0) return null;
      return failed.length === 0 ? <Badge>passed</Badge> : <Badge tone="danger">failed {failed.join(", ")}</Badge>;
    },
  },
} satisfies Record<string, LogColumn<RecordedCall>>;

/** How the table reads a trace or a span. */
export const READ_CALL = {
  nameOf: (row: RecordedCall) => row.name ?? "unnamed",
  scoresOf: (row: RecordedCall) => row.feedbackScores,
  spanScoresOf: null,
  valuesOf: (row: RecordedCall) => row.values.map((value) => value ?? null),
  derivedOf: (row: RecordedCall) => row.derived,
};
