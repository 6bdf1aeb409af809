import type { TreeEntry } from "@/features/spans/SpanTreeRow";
import type { SpanNode } from "@/features/spans/spanTree";

// A trace read as a story: what was asked, what models and tools said in turn, what came out. Pure.

export type TranscriptEntry =
  | { kind: "question"; id: string; span: TreeEntry }
  | { kind: "step"; id: string; span: TreeEntry; within: string[] }
  | { kind: "answer"; id: string; span: TreeEntry };

const SPOKEN: readonly string[] = ["LLM", "TOOL", "GUARDRAIL"];

/** With `keeps`, only the steps that it keeps. A trace without calls tells of its innermost spans instead. */
export function transcriptOf(
  root: SpanNode<TreeEntry>,
  keeps: ((id: string) => boolean) | null = null,
): TranscriptEntry[] {
  const nodes = below(root);
  const isSpoken = ({ node }: Placed) => SPOKEN.includes(node.span.type) || (node.span.error && isLeaf(node));
  const spoken = nodes.some(({ node }) => SPOKEN.includes(node.span.type))
    ? nodes.filter(isSpoken)
    : nodes.filter(({ node }) => isLeaf(node));
  const steps = spoken
    .filter(({ node }) => keeps === null || keeps(node.span.id))
    .sort((a, b) => Date.parse(a.node.span.startTime) - Date.parse(b.node.span.startTime))
    .map(({ node, within }) => ({ kind: "step" as const, id: node.span.id, span: node.span, within }));
  if (keeps !== null) return steps;
  const trace = root.span;
  return [
    { kind: "question", id: `${trace.id} question`, span: trace },
    ...steps,
    { kind: "answer", id: `${trace.id} answer`, span: trace },
  ];
}

type Placed = { node: SpanNode<TreeEntry>; within: string[] };

const isLeaf = (node: SpanNode<TreeEntry>) => node.children.length === 0;

/** Deeper than this the names of all ancestors say no more. */
const WITHIN_MAX = 4;

function below(root: SpanNode<TreeEntry>): Placed[] {
  const found: Placed[] = [];
  const stack: Placed[] = root.children.map((node) => ({ node, within: [] as string[] })).reverse();
  for (let entry = stack.pop(); entry; entry = stack.pop()) {
    found.push(entry);
    const within = [...entry.within, entry.node.span.name ?? "unnamed"].slice(-WITHIN_MAX);
    for (const node of entry.node.children.toReversed()) stack.push({ node, within });
  }
  return found;
}
