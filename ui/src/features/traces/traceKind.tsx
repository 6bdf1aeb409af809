import { Badge } from "@/components/Badge";
import { Time } from "@/components/Time";
import { Preview, Running } from "@/entities/logs/cells";
import type { LogColumn, LogKind } from "@/entities/logs/logKind";
import { TRACE_FIELDS } from "@/features/traces/traceFields";
import { type DocumentType, graphql } from "@/gql";
import { formatCost, formatCount, formatDuration, formatScore } from "@/lib/format";

export const TraceRowFragment = graphql(`
  fragment TraceRow on Trace {
    id
    name
    startTime
    endTime
    durationMs
    inputPreview(chars: 240)
    outputPreview(chars: 240)
    values(paths: $paths)
    tags
    threadId
    environment
    source
    error {
      exceptionType
      message
    }
    totalTokens
    cost
    spanCount
    llmSpanCount
    providers
    feedbackScores {
      name
      value
    }
    createdBy
    lastUpdatedAt
  }
`);

export type TraceRow = DocumentType<typeof TraceRowFragment>;

const COLUMNS: readonly LogColumn<TraceRow>[] = [
  {
    id: "name",
    label: "Name",
    width: 170,
    sort: "name",
    text: (row) => row.name,
    cell: (row) => <strong>{row.name ?? "unnamed"}</strong>,
  },
  {
    id: "start",
    label: "Start",
    width: 118,
    sort: "start_time",
    text: (row) => row.startTime,
    cell: (row) => <Time at={row.startTime} style="list" />,
  },
  {
    id: "input",
    label: "Input",
    width: 140,
    grows: true,
    text: (row) => row.inputPreview,
    cell: (row) => <Preview text={row.inputPreview} />,
  },
  {
    id: "output",
    label: "Output",
    width: 140,
    grows: true,
    text: (row) => row.outputPreview,
    cell: (row) => <Preview text={row.outputPreview} />,
  },
  {
    id: "errors",
    label: "Errors",
    width: 120,
    text: (row) => row.error?.exceptionType,
    cell: ({ error }) =>
      error && (
        <Badge tone="danger" title={error.message ?? undefined}>
          {error.exceptionType}
        </Badge>
      ),
  },
  {
    id: "duration",
    label: "Duration",
    width: 92,
    isNumeric: true,
    sort: "duration",
    text: (row) => row.durationMs,
    cell: (row) => (row.endTime ? formatDuration(row.durationMs) : <Running />),
  },
  {
    id: "tags",
    label: "Tags",
    width: 120,
    text: (row) => row.tags.join(", "),
    cell: (row) => row.tags.map((tag) => <Badge key={tag}>{tag}</Badge>),
  },
  {
    id: "tokens",
    label: "Tokens",
    width: 82,
    isNumeric: true,
    sort: "usage.total_tokens",
    text: (row) => row.totalTokens,
    cell: (row) => row.totalTokens != null && formatCount(row.totalTokens),
  },
  {
    id: "cost",
    label: "Cost",
    width: 82,
    isNumeric: true,
    sort: "cost",
    text: (row) => row.cost,
    cell: (row) => formatCost(row.cost),
  },
  {
    id: "spans",
    label: "Spans",
    width: 72,
    isNumeric: true,
    sort: "span_count",
    text: (row) => row.spanCount,
    cell: (row) => formatCount(row.spanCount),
  },
  {
    id: "llmCalls",
    label: "LLM calls",
    width: 86,
    isNumeric: true,
    isHidden: true,
    sort: "llm_span_count",
    text: (row) => row.llmSpanCount,
    cell: (row) => formatCount(row.llmSpanCount),
  },
  {
    id: "scores",
    label: "Feedback",
    width: 180,
    isHidden: true,
    text: (row) => row.feedbackScores.map(({ name, value }) => `${name} ${value}`).join(", "),
    cell: (row) =>
      row.feedbackScores.map((score) => (
        <Badge key={score.name}>
          {score.name} {formatScore(score.value)}
        </Badge>
      )),
  },
  {
    id: "providers",
    label: "Providers",
    width: 130,
    isHidden: true,
    text: (row) => row.providers.join(", "),
    cell: (row) => row.providers.join(", "),
  },
  {
    id: "environment",
    label: "Environment",
    width: 110,
    isHidden: true,
    text: (row) => row.environment,
    cell: (row) => row.environment,
  },
  {
    id: "thread",
    label: "Thread",
    width: 130,
    isHidden: true,
    text: (row) => row.threadId,
    cell: (row) => row.threadId,
  },
  { id: "source", label: "Source", width: 80, isHidden: true, text: (row) => row.source, cell: (row) => row.source },
  {
    id: "end",
    label: "End",
    width: 118,
    isHidden: true,
    sort: "end_time",
    text: (row) => row.endTime,
    cell: (row) => row.endTime && <Time at={row.endTime} style="list" />,
  },
  {
    id: "createdBy",
    label: "Created by",
    width: 110,
    isHidden: true,
    text: (row) => row.createdBy,
    cell: (row) => row.createdBy,
  },
  {
    id: "updated",
    label: "Last updated",
    width: 118,
    isHidden: true,
    sort: "last_updated_at",
    text: (row) => row.lastUpdatedAt,
    cell: (row) => <Time at={row.lastUpdatedAt} style="relative" />,
  },
  { id: "id", label: "ID", width: 290, isHidden: true, text: (row) => row.id, cell: (row) => <code>{row.id}</code> },
];

export const TRACES: LogKind<TraceRow> = {
  id: "traces",
  one: "trace",
  many: "traces",
  columns: COLUMNS,
  fields: TRACE_FIELDS,
  usual: [
    { term: "error:true", label: "Failed" },
    { term: "start > -1h", label: "In the last hour" },
    { term: "start > -24h", label: "In the last 24 hours" },
    { term: "duration > 10s", label: "Longer than 10 seconds" },
    { term: "cost > 0.1", label: "Dearer than 10 cents" },
    { term: "llm_span_count > 0", label: "With calls of LLMs" },
    { term: "has:thread_id", label: "Part of a conversation" },
  ],
  observe: (row) => [
    ["name", row.name],
    ["error_type", row.error?.exceptionType],
    ["thread_id", row.threadId],
    ["environment", row.environment],
    ["source", row.source],
    ["created_by", row.createdBy],
    ...row.tags.map((tag) => ["tags", tag] as const),
    ...row.providers.map((provider) => ["providers", provider] as const),
    ...row.feedbackScores.map(({ name }) => ["feedback", name] as const),
  ],
  nameOf: (row) => row.name ?? "unnamed",
  scoresOf: (row) => row.feedbackScores,
  valuesOf: (row) => row.values.map((value) => value ?? null),
  entity: "TRACE",
};
