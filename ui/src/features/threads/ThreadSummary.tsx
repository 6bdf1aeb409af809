import { Summary } from "@/entities/details/Summary";
import { type FragmentType, graphql, readFragment } from "@/gql";
import { formatCost, formatCount, formatDuration, formatInstant } from "@/lib/format";

export const ThreadSummaryFragment = graphql(`
  fragment ThreadSummary on Thread {
    status
    traceCount
    startTime
    durationMs
    totalTokens
    cost
    llmSpanCount
    comments {
      id
    }
  }
`);

export function ThreadSummary(props: { thread: FragmentType<typeof ThreadSummaryFragment> }) {
  const thread = readFragment(ThreadSummaryFragment, props.thread);
  return (
    <Summary
      items={[
        {
          label: "Status",
          value: thread.status.toLowerCase(),
          tone: thread.status === "ACTIVE" ? "accent" : undefined,
        },
        { label: "Turns", value: formatCount(thread.traceCount) },
        { label: "Duration", value: formatDuration(thread.durationMs) || "–" },
        { label: "Started", value: formatInstant(thread.startTime) },
        { label: "Tokens", value: thread.totalTokens == null ? "–" : formatCount(thread.totalTokens) },
        { label: "Cost", value: formatCost(thread.cost) || "–" },
        { label: "LLM calls", value: formatCount(thread.llmSpanCount) },
        { label: "Comments", value: formatCount(thread.comments.length) },
      ]}
    />
  );
}
