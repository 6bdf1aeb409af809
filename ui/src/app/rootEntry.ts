import type { TreeEntry } from "@/features/spans/SpanTreeRow";
import type { ViewedTrace } from "@/features/traces/useTrace";

/** The trace as the root of its spans. */
export function rootEntry(trace: ViewedTrace): TreeEntry {
  const { id, name, startTime, endTime, durationMs, totalTokens, cost, error, tags, feedbackScores } = trace;
  return {
    id,
    name,
    startTime,
    endTime,
    durationMs,
    totalTokens,
    cost,
    error,
    tags,
    feedbackScores,
    type: "TRACE",
    parentSpanId: null,
    model: null,
    provider: null,
  };
}
