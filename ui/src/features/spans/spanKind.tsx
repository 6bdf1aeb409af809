import type { LogColumn, LogKind } from "@/entities/logs/logKind";
import { CALLS, READ_CALL } from "@/entities/logs/recordedColumns";
import { USUAL_FILTERS_OF_CALLS } from "@/entities/logs/recordedFields";
import { SpanKindIcon } from "@/entities/spans/SpanKindIcon";
import { SPAN_FIELDS } from "@/features/spans/spanFields";
import { type DocumentType, graphql } from "@/gql";

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
    derived {
      name
      value
    }
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
    usage {
      key
      value
    }
    comments {
      id
    }
    guardrailChecks {
      name
      passed
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
    field: "name",
    text: (row) => row.name,
    cell: (row) => (
      <>
        <SpanKindIcon kind={row.type} /> <strong>{row.name ?? "unnamed"}</strong>
      </>
    ),
  },
  CALLS.start,
  CALLS.input,
  CALLS.output,
  CALLS.errors,
  {
    id: "model",
    label: "Model",
    width: 130,
    sort: "model",
    field: "model",
    text: (row) => row.model,
    cell: (row) => row.model,
  },
  CALLS.duration,
  CALLS.tokens,
  CALLS.cost,
  { ...CALLS.tags, isHidden: true },
  {
    id: "type",
    label: "Type",
    width: 90,
    field: "type",
    isHidden: true,
    text: (row) => row.type,
    cell: (row) => row.type.toLowerCase(),
  },
  {
    id: "provider",
    label: "Provider",
    width: 110,
    field: "provider",
    isHidden: true,
    text: (row) => row.provider,
    cell: (row) => row.provider,
  },
  CALLS.tokensIn,
  CALLS.tokensOut,
  CALLS.message,
  CALLS.scores,
  CALLS.comments,
  CALLS.guardrails,
  CALLS.environment,
  CALLS.source,
  CALLS.end,
  CALLS.createdBy,
  CALLS.updated,
  {
    id: "trace",
    label: "Trace ID",
    width: 290,
    isHidden: true,
    text: (row) => row.traceId,
    cell: (row) => <code>{row.traceId}</code>,
  },
  CALLS.id,
];

export const SPANS: LogKind<SpanRow> = {
  ...READ_CALL,
  id: "spans",
  one: "span",
  many: "spans",
  columns: COLUMNS,
  fields: SPAN_FIELDS,
  example: "type:llm AND model:gpt-4o AND duration > 2s",
  usual: [
    ...USUAL_FILTERS_OF_CALLS,
    { term: "type:llm", label: "Calls of LLMs" },
    { term: "type:tool", label: "Calls of tools" },
  ],
  entity: "SPAN",
};
