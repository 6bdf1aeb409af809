import { Summary } from "@/entities/details/Summary";
import { type FragmentType, graphql, readFragment } from "@/gql";
import { formatCost, formatCount, formatDuration, formatInstant } from "@/lib/format";

export const TraceSummaryFragment = graphql(`
  fragment TraceSummary on Trace {
    startTime
    endTime
    durationMs
    totalTokens
    cost
    spanCount
    llmSpanCount
    error {
      exceptionType
    }
  }
`);

type TraceSummaryProps = {
  trace: FragmentType<typeof TraceSummaryFragment>;
  /** Failed spans among those that are loaded. */
  errorCount: number;
};

export function TraceSummary(props: TraceSummaryProps) {
  const trace = readFragment(TraceSummaryFragment, props.trace);
  const errors = Math.max(props.errorCount, trace.error ? 1 : 0);
  return (
    <Summary
      items={[
        trace.endTime
          ? { label: "Duration", value: formatDuration(trace.durationMs) }
          : { label: "Duration", value: "running", tone: "accent" },
        { label: "Started", value: formatInstant(trace.startTime) },
        { label: "Tokens", value: trace.totalTokens == null ? "–" : formatCount(trace.totalTokens) },
        { label: "Cost", value: formatCost(trace.cost) || "–" },
        { label: "Spans", value: formatCount(trace.spanCount) },
        { label: "LLM calls", value: formatCount(trace.llmSpanCount) },
        { label: "Errors", value: formatCount(errors), tone: errors > 0 ? "danger" : undefined },
      ]}
    />
  );
}
