import { describe, expect, test } from "vitest";
import { barOf, buildSpanTree, keptTree, rangeOf, type SpanNode, visibleRows } from "@/features/spans/spanTree";
import { treeAction } from "@/features/spans/treeKeys";

type Span = { id: string; parentSpanId: string | null; startTime: string; endTime: string | null };
const instant = (seconds: number) => new Date(Date.UTC(2026, 0, 1, 0, 0, seconds)).toISOString();
const span = (id: string, parentSpanId: string | null, start = 0, end: number | null = start + 1): Span => ({
  id,
  parentSpanId,
  startTime: instant(start),
  endTime: end === null ? null : instant(end),
});

/** `a(b c(d))`; orphans with a question mark. */
function drawn(nodes: SpanNode<Span>[]): string {
  return nodes
    .map(
      (node) => `${node.span.id}${node.isOrphan ? "?" : ""}${node.children.length ? `(${drawn(node.children)})` : ""}`,
    )
    .join(" ");
}
const nothing: ReadonlySet<string> = new Set();

describe("the tree", () => {
  test("children stand under their parent by start, whatever the order of arrival", () => {
    const spans = [span("d", "c", 3), span("c", "a", 2), span("a", null, 0), span("b", "a", 1)];
    expect(drawn(buildSpanTree(spans))).toBe("a(b c(d))");
  });

  test("a span whose parent is unknown stands at the top, marked", () => {
    expect(drawn(buildSpanTree([span("a", null), span("x", "gone", 1), span("y", "x", 2)]))).toBe("a x?(y)");
  });

  test("a ring of parents is cut at its earliest span, and what hangs on it is kept", () => {
    const spans = [span("tail", "q", 0), span("p", "q", 1), span("q", "p", 2), span("a", null, 5)];
    expect(drawn(buildSpanTree(spans))).toBe("p?(q(tail)) a");
  });

  test("what lies within spans that are left out takes their place, by start", () => {
    const spans = [
      span("a", null),
      span("b", "a", 1),
      span("x", "a", 2),
      span("c", "x", 4),
      span("y", "x", 3),
      span("d", "y", 3),
    ];
    const kept = keptTree(buildSpanTree([...spans, span("z", null, 9), span("e", "z", 10)]), ({ id }) => id < "x");
    expect(drawn(kept)).toBe("a(b d c) e");
  });

  test("a span that is its own parent stands at the top", () => {
    expect(drawn(buildSpanTree([span("s", "s"), span("t", "s", 1)]))).toBe("s?(t)");
  });

  test("twenty thousand nested spans neither overflow the stack nor take long", () => {
    const spans = Array.from({ length: 20_000 }, (_, index) =>
      span(`s${index}`, index ? `s${index - 1}` : null, index),
    );
    const rows = visibleRows(buildSpanTree(spans), { collapsed: nothing, matches: (one) => one.id === "s19999" });
    expect(rows.length).toBe(20_000);
    expect(rows.at(-1)).toMatchObject({ depth: 19_999, isContext: false });
  });
});

describe("the rows", () => {
  const roots = buildSpanTree([span("a", null), span("b", "a", 1), span("c", "b", 2), span("d", "a", 3)]);
  const names = (rows: ReturnType<typeof visibleRows<Span>>) => rows.map((row) => row.node.span.id).join(" ");

  test("what is collapsed hides what is below it", () => {
    expect(names(visibleRows(roots, { collapsed: new Set(["b"]) }))).toBe("a b d");
  });

  test("places among siblings are told, for those who listen", () => {
    const rows = visibleRows(roots, { collapsed: nothing });
    expect(rows.map(({ depth, position, siblings }) => [depth, position, siblings])).toEqual([
      [0, 1, 1],
      [1, 1, 2],
      [2, 1, 1],
      [1, 2, 2],
    ]);
  });

  test("a search keeps ancestors of what it finds, opens them, and marks them", () => {
    const rows = visibleRows(roots, { collapsed: new Set(["a", "b"]), matches: (one) => one.id === "c" });
    expect(rows.map((row) => row.node.span.id + (row.isContext ? "~" : ""))).toEqual(["a~", "b~", "c"]);
  });

  test("keys move, open and close as in any tree", () => {
    const rows = visibleRows(roots, { collapsed: nothing });
    const press = (key: string, at: string, isSearching = false) =>
      treeAction(rows, { key, at, rowsOnScreen: 2, isSearching });
    expect(press("ArrowDown", "b")).toEqual({ kind: "select", id: "c" });
    expect(press("ArrowDown", "d")).toEqual({ kind: "select", id: "d" });
    expect(press("PageDown", "a")).toEqual({ kind: "select", id: "c" });
    expect(press("End", "a")).toEqual({ kind: "select", id: "d" });
    expect(press("ArrowLeft", "b")).toEqual({ kind: "toggle", id: "b", isExpanded: false });
    expect(press("ArrowLeft", "c")).toEqual({ kind: "select", id: "b" });
    expect(press("ArrowRight", "a")).toEqual({ kind: "select", id: "b" });
    expect(press("ArrowRight", "d")).toEqual({ kind: "select", id: "d" });
    expect(press("ArrowLeft", "b", true)).toEqual({ kind: "select", id: "a" });
    expect(press("x", "a")).toBeNull();
    const closed = visibleRows(roots, { collapsed: new Set(["b"]) });
    const open = treeAction(closed, { key: "ArrowRight", at: "b", rowsOnScreen: 2, isSearching: false });
    expect(open).toEqual({ kind: "toggle", id: "b", isExpanded: true });
  });
});

describe("the bars", () => {
  test("a span stands where it ran within the trace", () => {
    const trace = span("t", null, 0, 10);
    expect(barOf(span("a", null, 2, 7), rangeOf([], trace, 0))).toEqual({ left: 20, width: 50 });
  });

  test("spans that began before or ended after their trace widen the scale", () => {
    const range = rangeOf([span("late", null, 5, 20)], span("t", null, 0, 10), 0);
    expect(range.endMs - range.startMs).toBe(20_000);
  });

  test("what still runs reaches to now, unless it began more than a day ago", () => {
    const now = Date.parse(instant(30));
    const running = span("r", null, 10, null);
    expect(barOf(running, rangeOf([running], span("t", null, 0, null), now))?.left).toBeCloseTo(33.3, 1);
    const dead = rangeOf([span("done", null, 0, 4)], span("t", null, 0, null), now + 2 * 86_400_000);
    expect(dead.endMs - dead.startMs).toBe(4_000);
  });
});
