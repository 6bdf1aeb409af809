import type { NodeKind } from "@/entities/spans/SpanKindIcon";
import { type MermaidGraph, parseMermaid } from "@/features/spans/mermaidGraph";
import type { TreeEntry } from "@/features/spans/SpanTreeRow";
import { NODES_MAX, spanGraph } from "@/features/spans/spanGraph";
import type { SpanNode, TimeRange } from "@/features/spans/spanTree";
import { formatCount, formatDuration } from "@/lib/format";
import { isObject, parseJson } from "@/lib/json";

// What the graph view draws: the graph that the spans make, or the one that the client recorded. Pure.

export type DrawnNode = {
  id: string;
  name: string;
  /** Null where no span has the name. */
  type: NodeKind | null;
  spans: readonly TreeEntry[];
  /** How often it ran, how long altogether, and how often it failed. */
  facts: string;
  hasFailed: boolean;
};

export type DrawnEdge = { from: string; to: string; label: string; isDashed: boolean; says: string };

export type DrawnGraph = { nodes: DrawnNode[]; edges: DrawnEdge[]; isSideways: boolean; hiddenCount: number };

/** Calls are drawn through, what follows is dashed. */
export function graphOfSpans(root: SpanNode<TreeEntry>, range: TimeRange): DrawnGraph {
  const { nodes, edges, hiddenCount } = spanGraph(root, range);
  return {
    nodes: nodes.map(({ id, name, type, spans }) => ({ id, name, type, spans, ...factsOf(spans) })),
    edges: edges.map(({ from, to, kind, count }) => ({
      from,
      to,
      label: count > 1 ? `${count}×` : "",
      isDashed: kind === "then",
      says: kind,
    })),
    isSideways: false,
    hiddenCount,
  };
}

/** The recorded graph, with the spans that have the names of its nodes. */
export function graphOfDefinition(definition: MermaidGraph, root: SpanNode<TreeEntry>): DrawnGraph {
  const byName = spansByName(root);
  const nodes = definition.nodes.slice(0, NODES_MAX).map(({ id, label }): DrawnNode => {
    const spans = byName.get(label) ?? byName.get(id) ?? [];
    return { id, name: label, type: spans[0]?.type ?? null, spans, ...factsOf(spans) };
  });
  const kept = new Set(nodes.map(({ id }) => id));
  return {
    nodes,
    edges: definition.edges
      .filter(({ from, to }) => kept.has(from) && kept.has(to))
      .map(({ from, to, label, isDotted }) => ({ from, to, label, isDashed: isDotted, says: "leads to" })),
    isSideways: definition.isSideways,
    hiddenCount: definition.nodes.length - nodes.length,
  };
}

function factsOf(spans: readonly TreeEntry[]): Pick<DrawnNode, "facts" | "hasFailed"> {
  const failedCount = spans.filter(({ error }) => error).length;
  const totalMs = spans.reduce((sum, { endTime, durationMs }) => sum + (endTime ? (durationMs ?? 0) : 0), 0);
  const facts = [
    spans.length > 1 && `${formatCount(spans.length)}×`,
    spans.some(({ endTime }) => endTime) && formatDuration(totalMs),
    spans.some(({ endTime }) => !endTime) && "running",
    failedCount > 0 && `${formatCount(failedCount)} failed`,
  ].filter(Boolean);
  return { facts: facts.join(" · ") || "no span", hasFailed: failedCount > 0 };
}

function spansByName(root: SpanNode<TreeEntry>): Map<string, TreeEntry[]> {
  const found = new Map<string, TreeEntry[]>();
  const stack = [...root.children].reverse();
  for (let node = stack.pop(); node; node = stack.pop()) {
    const { name } = node.span;
    const same = name ? found.get(name) : undefined;
    if (same) same.push(node.span);
    else if (name) found.set(name, [node.span]);
    stack.push(...node.children.toReversed());
  }
  return found;
}

/** Where clients lay down what their agent looks like. */
export function definitionOf(metadata: string | null | undefined): MermaidGraph | null {
  if (!metadata?.includes("_opik_graph_definition")) return null;
  try {
    const value = parseJson(metadata);
    const definition = isObject(value) ? value._opik_graph_definition : undefined;
    if (!isObject(definition) || definition.format !== "mermaid") return null;
    return typeof definition.data === "string" ? parseMermaid(definition.data) : null;
  } catch {
    return null;
  }
}
