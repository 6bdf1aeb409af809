import type { FilterField } from "@/entities/logs/filter/filterFields";
import {
  ANY_FIELDS,
  CONTENT_FIELDS,
  ERROR_FIELDS,
  FIGURE_FIELDS,
  ORIGIN_FIELDS,
  SAID_FIELDS,
} from "@/entities/logs/recordedFields";

// What can be asked of spans.

export const SPAN_FIELDS: readonly FilterField[] = [
  { name: "name", says: "name of the span" },
  { name: "type", says: "what it did", values: ["llm", "tool", "general", "guardrail"] },
  { name: "model", says: "of an LLM call" },
  { name: "provider", says: "of an LLM call" },
  ...ERROR_FIELDS,
  ...FIGURE_FIELDS,
  ...CONTENT_FIELDS,
  ...ORIGIN_FIELDS,
  ...SAID_FIELDS,
  { name: "trace_id", says: "the trace it belongs to" },
  { name: "parent_span_id", says: "the span it is part of" },
  { name: "experiment_id", says: "the experiment it belongs to" },
  ...ANY_FIELDS,
];
