import { Badges } from "@/entities/logs/cells";
import { EXPERIMENTS, SPAN_SCORES } from "@/entities/logs/columnNames";
import type { LogColumn, LogKind } from "@/entities/logs/logKind";
import { CALLS, READ_CALL, SPANNED } from "@/entities/logs/recordedColumns";
import { USUAL_FILTERS_OF_CALLS } from "@/entities/logs/recordedFields";
import { TRACE_FIELDS } from "@/features/traces/traceFields";
import type { TraceRow } from "@/features/traces/traceRow";
import { formatCount, formatScore } from "@/lib/format";

const COLUMNS: readonly LogColumn<TraceRow>[] = [
  {
    id: "name",
    label: "Name",
    width: 170,
    sort: "name",
    field: "name",
    text: (row) => row.name,
    cell: (row) => <strong>{row.name ?? "unnamed"}</strong>,
  },
  CALLS.start,
  CALLS.input,
  CALLS.output,
  CALLS.errors,
  CALLS.duration,
  CALLS.tokens,
  CALLS.cost,
  CALLS.tags,
  {
    id: "spans",
    label: "Spans",
    width: 72,
    isNumeric: true,
    sort: "span_count",
    field: "span_count",
    text: (row) => row.spanCount,
    cell: (row) => formatCount(row.spanCount),
  },
  SPANNED.llmCalls,
  CALLS.tokensIn,
  CALLS.tokensOut,
  CALLS.message,
  CALLS.scores,
  {
    id: SPAN_SCORES,
    label: "Feedback of spans",
    width: 180,
    isHidden: true,
    text: (row) => (row.spanFeedbackScores ?? []).map(({ name, value }) => `${name} ${value}`).join(", "),
    cell: (row) => (
      <Badges texts={(row.spanFeedbackScores ?? []).map(({ name, value }) => `${name} ${formatScore(value)}`)} />
    ),
  },
  {
    id: EXPERIMENTS,
    label: "Experiments",
    width: 150,
    isHidden: true,
    text: (row) => (row.experiments ?? []).map(({ name }) => name).join(", "),
    cell: (row) => <Badges texts={(row.experiments ?? []).map(({ name }) => name)} />,
  },
  CALLS.comments,
  CALLS.guardrails,
  {
    id: "providers",
    label: "Providers",
    width: 130,
    field: "providers",
    isHidden: true,
    text: (row) => row.providers.join(", "),
    cell: (row) => row.providers.join(", "),
  },
  CALLS.environment,
  {
    id: "thread",
    label: "Thread",
    width: 130,
    field: "thread_id",
    isHidden: true,
    text: (row) => row.threadId,
    cell: (row) => row.threadId,
  },
  CALLS.source,
  CALLS.end,
  CALLS.createdBy,
  CALLS.updated,
  CALLS.id,
];

export const TRACES: LogKind<TraceRow> = {
  ...READ_CALL,
  spanScoresOf: (row) => row.spanFeedbackScores ?? [],
  id: "traces",
  one: "trace",
  many: "traces",
  columns: COLUMNS,
  fields: TRACE_FIELDS,
  example: "name:agent AND cost > 0.1 AND error:true",
  usual: [
    ...USUAL_FILTERS_OF_CALLS,
    { term: "llm_span_count > 0", label: "With calls of LLMs" },
    { term: "has:thread_id", label: "Part of a conversation" },
  ],
  entity: "TRACE",
};
