import { AMOUNTS, type FilterField, TIMES } from "@/entities/logs/filter/filterFields";
import {
  ANY_FIELDS,
  CONTENT_FIELDS,
  ERROR_FIELDS,
  FIGURE_FIELDS,
  ORIGIN_FIELDS,
  SAID_FIELDS,
} from "@/entities/logs/recordedFields";

// What can be asked of traces.

export const TRACE_FIELDS: readonly FilterField[] = [
  { name: "name", says: "name of the trace" },
  ...ERROR_FIELDS,
  ...FIGURE_FIELDS,
  { name: "span_count", says: "number of spans", operators: AMOUNTS },
  { name: "llm_span_count", says: "number of LLM calls", operators: AMOUNTS },
  ...CONTENT_FIELDS,
  ...ORIGIN_FIELDS,
  ...SAID_FIELDS,
  { name: "thread_id", says: "the conversation" },
  { name: "providers", says: "of its LLM calls" },
  { name: "created_at", says: "when it was first seen", operators: TIMES, values: ["-1h", "-24h"] },
  { name: "last_updated_at", says: "when it last changed", operators: TIMES, values: ["-1h", "-24h"] },
  { name: "experiment_id", says: "the experiment it belongs to" },
  { name: "annotation_queue_id", says: "the annotation queue it is in" },
  ...ANY_FIELDS,
];
