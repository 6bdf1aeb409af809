import { Badge } from "@/components/Badge";
import { Time } from "@/components/Time";
import { Preview, Running } from "@/entities/logs/cells";
import type { LogColumn, LogKind } from "@/entities/logs/logKind";
import { SpanKindIcon } from "@/entities/spans/SpanKindIcon";
import { SPAN_FIELDS } from "@/features/spans/spanFields";
import { type DocumentType, graphql } from "@/gql";
import { formatCost, formatCount, formatDuration, formatScore } from "@/lib/format";

export const SpanRowFragment = graphql(`
  fragment SpanRow on Span {
    id
    traceId
    name
    type
    startTime
    endTime
    durationMs
    inputPreview(chars: 240)
    outputPreview(chars: 240)
    values(paths: $paths)
    tags
    model
    provider
    environment
    source
    error {
      exceptionType
      message
    }
    totalTokens
    cost
    feedbackScores {
      name
      value
    }
    createdBy
    lastUpdatedAt
  }
`);

export type SpanRow = DocumentType<typeof SpanRowFragment>;

const COLUMNS: readonly LogColumn<SpanRow>[] = [
  {
    id: "name",
    label: "Name",
    width: 190,
    sort: "name",
    text: (row) => row.name,
    cell: (row) => (
      <>
        <SpanKindIcon kind={row.type} /> <strong>{row.name ?? "unnamed"}</strong>
      </>
    ),
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
  { id: "model", label: "Model", width: 130, sort: "model", text: (row) => row.model, cell: (row) => row.model },
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
    id: "tags",
    label: "Tags",
    width: 120,
    isHidden: true,
    text: (row) => row.tags.join(", "),
    cell: (row) => row.tags.map((tag) => <Badge key={tag}>{tag}</Badge>),
  },
  {
    id: "type",
    label: "Type",
    width: 90,
    isHidden: true,
    text: (row) => row.type,
    cell: (row) => row.type.toLowerCase(),
  },
  {
    id: "provider",
    label: "Provider",
    width: 110,
    isHidden: true,
    text: (row) => row.provider,
    cell: (row) => row.provider,
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
    id: "environment",
    label: "Environment",
    width: 110,
    isHidden: true,
    text: (row) => row.environment,
    cell: (row) => row.environment,
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
  {
    id: "trace",
    label: "Trace ID",
    width: 290,
    isHidden: true,
    text: (row) => row.traceId,
    cell: (row) => <code>{row.traceId}</code>,
  },
  { id: "id", label: "ID", width: 290, isHidden: true, text: (row) => row.id, cell: (row) => <code>{row.id}</code> },
];

export const SPANS: LogKind<SpanRow> = {
  id: "spans",
  one: "span",
  many: "spans",
  columns: COLUMNS,
  fields: SPAN_FIELDS,
  usual: [
    { term: "error:true", label: "Failed" },
    { term: "type:llm", label: "Calls of LLMs" },
    { term: "type:tool", label: "Calls of tools" },
    { term: "start > -1h", label: "In the last hour" },
    { term: "start > -24h", label: "In the last 24 hours" },
    { term: "duration > 10s", label: "Longer than 10 seconds" },
    { term: "cost > 0.1", label: "Dearer than 10 cents" },
  ],
  observe: (row) => [
    ["name", row.name],
    ["model", row.model],
    ["provider", row.provider],
    ["error_type", row.error?.exceptionType],
    ["environment", row.environment],
    ["source", row.source],
    ["created_by", row.createdBy],
    ...row.tags.map((tag) => ["tags", tag] as const),
    ...row.feedbackScores.map(({ name }) => ["feedback", name] as const),
  ],
  nameOf: (row) => row.name ?? "unnamed",
  scoresOf: (row) => row.feedbackScores,
  valuesOf: (row) => row.values.map((value) => value ?? null),
  entity: "SPAN",
};
