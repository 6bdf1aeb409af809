import { Graph, layout } from "@dagrejs/dagre";

// Places for the nodes and ways for the edges of a graph. The library orders and spaces; it comes with the view that
// needs it.

export type Point = { x: number; y: number };
/** By its left upper corner. */
export type Box = Point & { width: number; height: number };
export type LaidEdge<E> = { edge: E; path: string; end: Point; angle: number; label: Point };
export type LaidGraph<N, E> = { nodes: { node: N; box: Box }[]; edges: LaidEdge<E>[]; width: number; height: number };

const NODE_HEIGHT = 46;
const NODE_WIDTHS = { most: 230, around: 58 };
const LETTER_PX = { name: 7.4, small: 6.4 };

type Nodes = readonly { id: string; name: string; facts: string }[];
type Edges = readonly { from: string; to: string; label?: string }[];

export function layGraph<N extends Nodes[number], E extends Edges[number]>(
  nodes: readonly N[],
  edges: readonly E[],
  isSideways: boolean,
): LaidGraph<N, E> {
  const graph = new Graph({ multigraph: true });
  graph.setGraph({
    rankdir: isSideways ? "LR" : "TB",
    nodesep: 28,
    ranksep: 44,
    edgesep: 14,
    marginx: 16,
    marginy: 16,
  });
  for (const node of nodes) graph.setNode(node.id, { width: widthOf(node), height: NODE_HEIGHT });
  for (const [at, { from, to, label = "" }] of edges.entries()) {
    const size = label === "" ? { width: 0, height: 0 } : { width: label.length * LETTER_PX.small + 8, height: 16 };
    graph.setEdge(from, to, { ...size, labelpos: "c" }, `${at}`);
  }
  layout(graph);
  const { width = 0, height = 0 }: { width?: number; height?: number } = graph.graph();
  return {
    width,
    height,
    nodes: nodes.map((node) => {
      const { x, y, width: wide, height: high } = graph.node(node.id);
      return { node, box: { x: x - wide / 2, y: y - high / 2, width: wide, height: high } };
    }),
    edges: edges.map((edge, at) => {
      const { points, x, y }: { points: Point[]; x?: number; y?: number } = graph.edge(edge.from, edge.to, `${at}`);
      const [before = { x: 0, y: 0 }, end = before] = points.slice(-2);
      const middle = points[Math.floor(points.length / 2)] ?? end;
      return {
        edge,
        path: curveThrough(points),
        end,
        angle: (Math.atan2(end.y - before.y, end.x - before.x) * 180) / Math.PI,
        label: { x: x ?? middle.x, y: y ?? middle.y },
      };
    }),
  };
}

function widthOf({ name, facts }: Nodes[number]): number {
  const words = Math.max(name.length * LETTER_PX.name, facts.length * LETTER_PX.small);
  return Math.min(NODE_WIDTHS.most, words + NODE_WIDTHS.around);
}

/** Round at every point that lies between. */
function curveThrough(points: readonly Point[]): string {
  const [first, ...rest] = points;
  if (!first) return "";
  const at = ({ x, y }: Point) => `${x.toFixed(1)} ${y.toFixed(1)}`;
  const middle = (one: Point, other: Point) => ({ x: (one.x + other.x) / 2, y: (one.y + other.y) / 2 });
  let path = `M${at(first)}`;
  for (const [index, point] of rest.entries()) {
    const next = rest[index + 1];
    path += next ? `Q${at(point)} ${at(index === rest.length - 2 ? next : middle(point, next))}` : "";
    if (!next && rest.length === 1) path += `L${at(point)}`;
  }
  return path;
}
