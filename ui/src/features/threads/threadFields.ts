import { AMOUNTS, type FilterField, TIMES } from "@/entities/logs/filter/filterFields";
import { ANY_FIELDS, FIGURE_FIELDS, ORIGIN_FIELDS } from "@/entities/logs/recordedFields";

// What can be asked of threads.

export const THREAD_FIELDS: readonly FilterField[] = [
  { name: "status", says: "active or not", values: ["active", "inactive"] },
  { name: "thread_id", says: "what clients call it" },
  { name: "first_message", says: "words of the first input" },
  { name: "last_message", says: "words of the last output" },
  { name: "messages", says: "questions and answers", operators: AMOUNTS, values: ["2", "10"] },
  ...FIGURE_FIELDS,
  ...ORIGIN_FIELDS,
  { name: "comments", says: "words of a comment" },
  { name: "providers", says: "of its LLM calls" },
  { name: "span_count", says: "number of spans", operators: AMOUNTS },
  { name: "llm_span_count", says: "number of LLM calls", operators: AMOUNTS },
  { name: "created_at", says: "when it was first seen", operators: TIMES, values: ["-1h", "-24h"] },
  { name: "last_updated_at", says: "when it last changed", operators: TIMES, values: ["-1h", "-24h"] },
  { name: "annotation_queue_id", says: "the annotation queue it is in" },
  ...ANY_FIELDS,
];
