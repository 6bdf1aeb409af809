import { AMOUNTS, type FilterField, TIMES } from "@/entities/logs/completeFilter";

// What can be asked of spans: the fields of the query language, and what usually stands behind them.

export const SPAN_FIELDS: readonly FilterField[] = [
  { name: "name", says: "name of the span" },
  { name: "type", says: "what it did", values: ["llm", "tool", "general", "guardrail"] },
  { name: "model", says: "of an LLM call" },
  { name: "provider", says: "of an LLM call" },
  { name: "error", says: "failed or not", values: ["true", "false"] },
  { name: "error_type", says: "type of the exception" },
  { name: "error_message", says: "words of the error" },
  { name: "tags", says: "one of the tags" },
  { name: "start", says: "when it began", operators: TIMES, values: ["-15m", "-1h", "-24h", "-7d"] },
  { name: "end", says: "when it ended", operators: TIMES, values: ["-15m", "-1h", "-24h", "-7d"] },
  { name: "duration", says: "how long it took", operators: AMOUNTS, values: ["500ms", "1s", "10s", "1m"] },
  { name: "cost", says: "US dollars", operators: AMOUNTS, values: ["0.01", "0.1", "1"] },
  { name: "usage.total_tokens", says: "tokens in all", operators: AMOUNTS, values: ["1000", "10000"] },
  { name: "usage.prompt_tokens", says: "tokens given", operators: AMOUNTS },
  { name: "usage.completion_tokens", says: "tokens answered", operators: AMOUNTS },
  { name: "ttft", says: "time to the first token", operators: AMOUNTS, values: ["500ms", "1s"] },
  { name: "input", says: "words of the input, or input.path" },
  { name: "output", says: "words of the output, or output.path" },
  { name: "metadata", says: "words of the metadata, or metadata.path" },
  { name: "feedback.", says: "a feedback score by name" },
  { name: "environment", says: "where it ran" },
  { name: "source", says: "how it came here" },
  { name: "trace_id", says: "the trace it belongs to" },
  { name: "parent_span_id", says: "the span it is part of" },
  { name: "created_by", says: "who sent it" },
  { name: "id", says: "the ID" },
  { name: "has:", says: "a field that is there" },
  { name: "missing:", says: "a field that is not there" },
];
