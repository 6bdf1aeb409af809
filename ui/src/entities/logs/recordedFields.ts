import { AMOUNTS, type FilterField, TIMES } from "@/entities/logs/filter/filterFields";

// The fields of the query language that traces, spans and threads have in common, and what usually stands behind them.
// A kind puts its own between them. Of errors and content only traces and spans can be asked.

export const ERROR_FIELDS: readonly FilterField[] = [
  { name: "error", says: "failed or not", values: ["true", "false"] },
  { name: "error_type", says: "type of the exception" },
  { name: "error_message", says: "words of the error" },
];

export const FIGURE_FIELDS: readonly FilterField[] = [
  { name: "tags", says: "one of the tags" },
  { name: "start", says: "when it began", operators: TIMES, values: ["-15m", "-1h", "-24h", "-7d"] },
  { name: "end", says: "when it ended", operators: TIMES, values: ["-15m", "-1h", "-24h", "-7d"] },
  { name: "duration", says: "how long it took", operators: AMOUNTS, values: ["500ms", "1s", "10s", "1m"] },
  { name: "cost", says: "US dollars", operators: AMOUNTS, values: ["0.01", "0.1", "1"] },
  { name: "usage.total_tokens", says: "tokens in all", operators: AMOUNTS, values: ["1000", "10000"] },
  { name: "usage.prompt_tokens", says: "tokens given", operators: AMOUNTS },
  { name: "usage.completion_tokens", says: "tokens answered", operators: AMOUNTS },
];

export const CONTENT_FIELDS: readonly FilterField[] = [
  { name: "ttft", says: "time to the first token", operators: AMOUNTS, values: ["500ms", "1s"] },
  { name: "input", says: "words of the input, or input.path" },
  { name: "output", says: "words of the output, or output.path" },
  { name: "metadata", says: "words of the metadata, or metadata.path" },
];

/** What people and checks said of a trace or a span. */
export const SAID_FIELDS: readonly FilterField[] = [
  { name: "comments", says: "words of a comment" },
  { name: "guardrails", says: "outcome of the checks", values: ["passed", "failed"] },
];

export const ORIGIN_FIELDS: readonly FilterField[] = [
  { name: "feedback.", says: "a feedback score by name" },
  { name: "environment", says: "where it ran" },
  { name: "source", says: "how it came here" },
  { name: "created_by", says: "who sent it" },
];

export const ANY_FIELDS: readonly FilterField[] = [
  { name: "id", says: "the ID" },
  { name: "has:", says: "a field that is there" },
  { name: "missing:", says: "a field that is not there" },
];

export const USUAL_FILTERS = [
  { term: "start > -1h", label: "In the last hour" },
  { term: "start > -24h", label: "In the last 24 hours" },
  { term: "cost > 0.1", label: "Dearer than 10 cents" },
] as const;

export const USUAL_FILTERS_OF_CALLS = [
  { term: "error:true", label: "Failed" },
  ...USUAL_FILTERS,
  { term: "duration > 10s", label: "Longer than 10 seconds" },
] as const;
