import { endOf, type SpanNode, type TimeRange, type TreeSpan } from "@/features/spans/spanTree";

// A trace as a graph of what was done: spans of the same name at the same place are one node, however often they ran.
// Pure; one walk over the tree.

type GraphSpan = TreeSpan & { name?: string | null; type: string };

export type GraphNode<T extends GraphSpan> = {
  id: string;
  name: string;
  type: T["type"];
  /** In the order of the tree. */
  spans: T[];
};

/** `calls`: from a span to what began within it first. `then`: to what began when the sibling had ended. */
export type GraphEdge = { from: string; to: string; kind: "calls" | "then"; count: number };

export type SpanGraph<T extends GraphSpan> = {
  nodes: GraphNode<T>[];
  edges: GraphEdge[];
  /** Nodes that are left out since there are too many of them; the deepest first. */
  hiddenCount: number;
};

/** More nodes than this are no picture any more, and take long to lay out. */
export const NODES_MAX = 200;

type Visit<T extends GraphSpan> = { node: SpanNode<T>; id: string };

export function spanGraph<T extends GraphSpan>(root: SpanNode<T>, range: TimeRange): SpanGraph<T> {
  const nodes = new Map<string, GraphNode<T>>();
  const edges = new Map<string, GraphEdge>();
  let level: Visit<T>[] = [{ node: root, id: idOf(null, root.span) }];
  // Level by level, so that the nodes come in the order of their depth.
  while (level.length > 0) {
    const below: Visit<T>[] = [];
    for (const { node, id } of level) {
      addSpan(nodes, id, node.span);
      const children = node.children.map((child) => ({ node: child, id: idOf(id, child.span) }));
      addEdges(edges, id, stagesOf(children, range));
      below.push(...children);
    }
    level = below;
  }
  const kept = new Set([...nodes.keys()].slice(0, NODES_MAX));
  return {
    nodes: [...nodes.values()].slice(0, NODES_MAX),
    edges: [...edges.values()].filter(({ from, to }) => kept.has(from) && kept.has(to)),
    hiddenCount: nodes.size - kept.size,
  };
}

const idOf = (parent: string | null, { type, name }: GraphSpan): string => `${parent ?? ""}/${type} ${name ?? ""}`;

function addSpan<T extends GraphSpan>(nodes: Map<string, GraphNode<T>>, id: string, span: T): void {
  const node = nodes.get(id);
  if (node) node.spans.push(span);
  else nodes.set(id, { id, name: span.name ?? "unnamed", type: span.type, spans: [span] });
}

/** Siblings that ran at the same time are a stage; each stage begins when all of the one before have ended. */
function stagesOf<T extends GraphSpan>(children: readonly Visit<T>[], range: TimeRange): Set<string>[] {
  const stages: Set<string>[] = [];
  let endMs = Number.NEGATIVE_INFINITY;
  for (const { node, id } of children) {
    const startMs = Date.parse(node.span.startTime);
    const stage = startMs >= endMs ? undefined : stages.at(-1);
    if (stage) stage.add(id);
    else stages.push(new Set([id]));
    endMs = Math.max(stage ? endMs : startMs, node.span.endTime ? endOf(node.span, range) : Number.POSITIVE_INFINITY);
  }
  return stages;
}

function addEdges(edges: Map<string, GraphEdge>, parent: string, stages: readonly Set<string>[]): void {
  const add = (kind: GraphEdge["kind"], from: string, to: string) => {
    const id = `${kind}\n${from}\n${to}`;
    const edge = edges.get(id) ?? { from, to, kind, count: 0 };
    edge.count += 1;
    edges.set(id, edge);
  };
  for (const [at, stage] of stages.entries()) {
    const before = stages[at - 1];
    for (const to of stage) {
      if (!before) add("calls", parent, to);
      else for (const from of before) add("then", from, to);
    }
  }
}
