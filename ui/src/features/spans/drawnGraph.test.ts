import { expect, test } from "vitest";
import { definitionOf, graphOfDefinition, graphOfSpans } from "@/features/spans/drawnGraph";
import type { TreeEntry } from "@/features/spans/SpanTreeRow";
import type { SpanNode } from "@/features/spans/spanTree";

const at = (seconds: number) => new Date(seconds * 1000).toISOString();

function node(name: string, from: number, to: number | null, more: Partial<TreeEntry> = {}): SpanNode<TreeEntry> {
  const times = { startTime: at(from), endTime: to === null ? null : at(to), durationMs: ((to ?? from) - from) * 1000 };
  const nothing = { parentSpanId: null, totalTokens: null, cost: null, model: null, provider: null, error: null };
  const span: TreeEntry = { id: `${name} ${from}`, name, type: "TOOL", ...times, ...nothing, ...more };
  return { span, children: [], isOrphan: false };
}

const error = { __typename: "ErrorInfo" as const, exceptionType: "Late" };
const ROOT: SpanNode<TreeEntry> = {
  ...node("run", 0, 9, { type: "TRACE" }),
  children: [node("ask", 0, 1), node("tool", 1, 2), node("ask", 2, 4, { error }), node("wait", 4, null)],
};
const facts = ({ nodes }: { nodes: { name: string; facts: string }[] }) =>
  nodes.map((each) => `${each.name}: ${each.facts}`);

test("each node tells how often it ran, how long altogether, and how often it failed", () => {
  const graph = graphOfSpans(ROOT, { startMs: 0, endMs: 9_000 });
  expect(facts(graph)).toEqual(["run: 9.00 s", "ask: 2× · 3.00 s · 1 failed", "tool: 1.00 s", "wait: running"]);
});

test("a recorded graph finds the spans of its nodes by name, and keeps those that never ran", () => {
  const data = "graph LR\nstart --> ask\nask -.-> tool\nask --> never";
  const definition = definitionOf(JSON.stringify({ _opik_graph_definition: { format: "mermaid", data } }));
  expect(definition).not.toBe(null);
  const graph = definition && graphOfDefinition(definition, ROOT);
  expect(graph && facts(graph)).toEqual([
    "start: no span",
    "ask: 2× · 3.00 s · 1 failed",
    "tool: 1.00 s",
    "never: no span",
  ]);
  expect(graph?.isSideways).toBe(true);
});

test("metadata without a graph that can be read has none", () => {
  const other = { _opik_graph_definition: { format: "dot", data: "digraph {}" } };
  for (const metadata of [null, "{}", "{broken _opik_graph_definition", JSON.stringify(other)]) {
    expect(definitionOf(metadata)).toBe(null);
  }
});
