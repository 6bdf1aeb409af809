import type { TreeEntry } from "@/features/spans/SpanTreeRow";
import type { ViewedTrace } from "@/features/traces/useTrace";

/** The trace as the root of its spans. */
export function rootEntry(trace: ViewedTrace): TreeEntry {
  const { id, name, startTime, endTime, durationMs, totalTokens, cost, error } = trace;
  const { usage, tags, feedbackScores, guardrailChecks, comments } = trace;
  return {
    ...{ id, name, startTime, endTime, durationMs, totalTokens, cost, error },
    ...{ usage, tags, feedbackScores, guardrailChecks, comments },
    ...{ type: "TRACE", parentSpanId: null, model: null, provider: null },
  };
}
