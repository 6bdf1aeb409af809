import type { TreeEntry } from "@/features/spans/SpanTreeRow";
import { formatCost, formatCount, formatDuration, formatScore } from "@/lib/format";
import { useStored } from "@/lib/storage";

// What the rows of the tree tell beside the names of spans; each browser chooses.

const FACTS = ["Bars", "Model", "Tokens", "Cost", "Duration", "Scores", "Tags"] as const;
export type RowFact = (typeof FACTS)[number];

const USUAL: readonly RowFact[] = ["Bars", "Cost", "Duration"];

const parseFacts = (value: unknown): readonly RowFact[] | undefined =>
  Array.isArray(value) ? FACTS.filter((fact) => value.includes(fact)) : undefined;

/** What is said of spans is read only for who wants to see it: most spans have nothing of it. */
export const isSaid = (fact: RowFact) => fact === "Scores" || fact === "Tags";

export function useRowFacts() {
  const [shown, setShown] = useStored("trace.rows", parseFacts, USUAL);
  const toggle = (label: string) => setShown(FACTS.filter((fact) => shown.includes(fact) !== (fact === label)));
  return { labels: FACTS, shown, toggle };
}

/** What a span has to say of a fact; nothing if it has none. */
export function factOf(span: TreeEntry, fact: Exclude<RowFact, "Bars">): string {
  switch (fact) {
    case "Model":
      return span.model ?? "";
    case "Tokens":
      return span.totalTokens == null ? "" : `${formatCount(span.totalTokens)} tokens`;
    case "Cost":
      return formatCost(span.cost);
    case "Duration":
      return span.endTime ? formatDuration(span.durationMs) : "running";
    case "Scores":
      return (span.feedbackScores ?? []).map(({ name, value }) => `${name} ${formatScore(value)}`).join(", ");
    case "Tags":
      return (span.tags ?? []).join(", ");
  }
}
