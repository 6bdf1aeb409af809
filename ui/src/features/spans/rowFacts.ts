import type { TreeEntry } from "@/features/spans/SpanTreeRow";
import { formatAmount, formatCost, formatCount, formatDuration, formatScore } from "@/lib/format";
import { useStored } from "@/lib/storage";

// What the rows of the tree tell beside the names of spans; each browser chooses.

const FACTS = [
  "Bars",
  "Model",
  "Tokens",
  "Tokens in and out",
  "Cost",
  "Duration",
  "Tags",
  "Scores",
  "Guardrails",
  "Comments",
] as const;
export type RowFact = (typeof FACTS)[number];

const USUAL: readonly RowFact[] = ["Bars", "Cost", "Duration"];

const parseFacts = (value: unknown): readonly RowFact[] | undefined =>
  Array.isArray(value) ? FACTS.filter((fact) => value.includes(fact)) : undefined;

/** What people and checks said of spans. */
export const SAID_FACTS = ["Tags", "Scores", "Guardrails", "Comments"] as const satisfies readonly RowFact[];

const RARE_FACTS: readonly RowFact[] = ["Tokens in and out", ...SAID_FACTS];

/** Read only for who wants to see it: most spans have nothing of it. */
export const isRare = (fact: RowFact) => RARE_FACTS.includes(fact);

export function useRowFacts() {
  const [shown, setShown] = useStored("trace.rows", parseFacts, USUAL);
  const toggle = (label: string) => setShown(FACTS.filter((fact) => shown.includes(fact) !== (fact === label)));
  const toggleAll = (isShown: boolean) => setShown(isShown ? FACTS : []);
  return { labels: FACTS, shown, toggle, toggleAll };
}

/** What a span has to say of a fact; nothing if it has none. */
export function factOf(span: TreeEntry, fact: Exclude<RowFact, "Bars">): string {
  switch (fact) {
    case "Model":
      return span.model ?? "";
    case "Tokens":
      return span.totalTokens == null ? "" : `${formatCount(span.totalTokens)} tokens`;
    case "Tokens in and out":
      return tokensOf(span);
    case "Cost":
      return formatCost(span.cost);
    case "Duration":
      return span.endTime ? formatDuration(span.durationMs) : "running";
    case "Scores":
      return (span.feedbackScores ?? []).map(({ name, value }) => `${name} ${formatScore(value)}`).join(", ");
    case "Tags":
      return (span.tags ?? []).join(", ");
    case "Guardrails":
      return checksOf(span);
    case "Comments":
      return span.comments?.length ? formatAmount(span.comments.length, { one: "comment", many: "comments" }) : "";
  }
}

function tokensOf({ usage }: TreeEntry): string {
  const counts = [
    { word: "in", key: "prompt_tokens" },
    { word: "out", key: "completion_tokens" },
  ].flatMap(({ word, key }) => {
    const count = usage?.find((entry) => entry.key === key)?.value;
    return count === undefined ? [] : [`${formatCount(count)} ${word}`];
  });
  return counts.join(", ");
}

/** Those that failed by name; where none did, that there were some. */
function checksOf({ guardrailChecks: checks = [] }: TreeEntry): string {
  const failed = [...new Set(checks.filter(({ passed }) => !passed).map(({ name }) => name))];
  if (failed.length > 0) return `failed ${failed.join(", ")}`;
  return checks.length > 0 ? "guardrails passed" : "";
}
