import { expect, test } from "vitest";
import { NODES_MAX, spanGraph } from "@/features/spans/spanGraph";
import type { SpanNode } from "@/features/spans/spanTree";

type Span = {
  id: string;
  name: string;
  type: string;
  startTime: string;
  endTime: string | null;
};

const BEGIN = Date.parse("2026-03-04T05:06:07Z");
const RANGE = { startMs: BEGIN, endMs: BEGIN + 60_000 };
let made = 0;

/** From and to in seconds; without an end it runs still. */
function node(name: string, [from, to]: [number, number?], children: SpanNode<Span>[] = []) {
  made += 1;
  const at = (seconds: number) => new Date(BEGIN + seconds * 1000).toISOString();
  const span: Span = {
    ...{ id: `${made}`, name, type: "GENERAL" },
    ...{ startTime: at(from), endTime: to === undefined ? null : at(to) },
  };
  return { span, children, isOrphan: false };
}

const nameOf = (id: string) => id.slice(id.lastIndexOf(" ") + 1);
const said = (root: SpanNode<Span>) =>
  spanGraph(root, RANGE)
    .edges.map(({ from, to, kind, count }) => `${nameOf(from)} ${kind} ${nameOf(to)} ${count}`)
    .sort();

test("what began first is called, and what followed comes after it", () => {
  expect(said(node("agent", [0, 9], [node("plan", [0, 1]), node("ask", [1, 4]), node("answer", [5, 6])]))).toEqual([
    "agent calls plan 1",
    "ask then answer 1",
    "plan then ask 1",
  ]);
});

test("a loop is a circle, with how often it was gone through", () => {
  const steps = [
    node("ask", [0, 1]),
    node("tool", [1, 2]),
    node("ask", [2, 3]),
    node("tool", [3, 4]),
    node("ask", [4, 5]),
  ];
  expect(said(node("agent", [0, 9], steps))).toEqual(["agent calls ask 1", "ask then tool 2", "tool then ask 2"]);
});

test("what ran at the same time forks and joins", () => {
  const steps = [node("left", [0, 3]), node("right", [1, 2]), node("join", [3, 4])];
  expect(said(node("agent", [0, 9], steps))).toEqual([
    "agent calls left 1",
    "agent calls right 1",
    "left then join 1",
    "right then join 1",
  ]);
});

test("what runs still is followed by nothing", () => {
  expect(said(node("agent", [0], [node("slow", [0]), node("other", [5, 6])]))).toEqual([
    "agent calls other 1",
    "agent calls slow 1",
  ]);
});

test("spans of a name at the same place are one node, elsewhere another", () => {
  const { nodes } = spanGraph(
    node("agent", [0, 9], [node("ask", [0, 1]), node("ask", [1, 3]), node("plan", [4, 6], [node("ask", [4, 5])])]),
    RANGE,
  );
  expect(nodes.map(({ name, spans }) => [name, spans.length])).toEqual([
    ["agent", 1],
    ["ask", 2],
    ["plan", 1],
    ["ask", 1],
  ]);
});

test("of too many nodes the deepest are left out, and their edges with them", () => {
  const inner = Array.from({ length: 50 }, (_, at) => node(`inner ${at}`, [at, at + 1]));
  const outer = Array.from({ length: NODES_MAX }, (_, at) => node(`outer ${at}`, [at, at + 1], at === 0 ? inner : []));
  const { nodes, edges, hiddenCount } = spanGraph(node("agent", [0, 999], outer), RANGE);
  expect([nodes.length, hiddenCount]).toEqual([NODES_MAX, 51]);
  const ids = new Set(nodes.map(({ id }) => id));
  expect(edges.every(({ from, to }) => ids.has(from) && ids.has(to))).toBe(true);
});

test("chains of thousands of nested spans are no trouble", () => {
  let chain = node("deep", [0, 1]);
  for (let depth = 0; depth < 5_000; depth += 1) chain = node("deep", [0, 1], [chain]);
  expect(spanGraph(chain, RANGE).nodes).toHaveLength(NODES_MAX);
});
