import { expect, test } from "vitest";
import { flameTarget } from "@/features/spans/flameKeys";
import { landmarksOf } from "@/features/spans/landmarks";
import { barsOfLanes, layLanes } from "@/features/spans/spanLanes";
import { buildSpanTree } from "@/features/spans/spanTree";
import { ticksOf } from "@/features/spans/timeTicks";

const instant = (seconds: number) => new Date(seconds * 1000).toISOString();
const span = (id: string, parentSpanId: string | null, start: number, end: number | null, more: object = {}) => ({
  id,
  parentSpanId,
  startTime: instant(start),
  endTime: end === null ? null : instant(end),
  ...more,
});
const range = { startMs: 0, endMs: 10_000 };
const lay = (...spans: ReturnType<typeof span>[]) => layLanes(buildSpanTree(spans), range);
const lanes = (...spans: ReturnType<typeof span>[]) =>
  Object.fromEntries(lay(...spans).map((bar) => [bar.span.id, bar.lane]));

test("children lie below their parent, those at the same time below each other", () => {
  const spans = [span("a", null, 0, 10), span("b", "a", 1, 5), span("c", "a", 2, 4), span("d", "a", 5, 9)];
  expect(lanes(...spans)).toEqual({ a: 0, b: 1, c: 2, d: 1 });
});

test("a child whose clock runs early still lies below its parent", () => {
  expect(lanes(span("a", null, 2, 5), span("b", "a", 0, 4))).toEqual({ a: 0, b: 1 });
});

test("what still runs keeps its lane to the end", () => {
  expect(lanes(span("a", null, 0, null), span("b", null, 8, 9))).toEqual({ a: 0, b: 1 });
});

test("of bars on the same spot one is drawn, unless the other is chosen", () => {
  const laid = lay(span("a", null, 5, 5), span("b", null, 5.001, 5.001), span("c", null, 9, 9.5));
  const drawn = (keepId: string | null) =>
    barsOfLanes(laid, range, keepId)
      .flat()
      .map((bar) => bar.span.id);
  expect(drawn(null)).toEqual(["a", "c"]);
  expect(drawn("b")).toEqual(["a", "b", "c"]);
  expect(barsOfLanes(laid, { startMs: 8_000, endMs: 10_000 }, null).flat()).toHaveLength(1);
});

test("arrows lead to parents, children and neighbours", () => {
  const laid = lay(span("a", null, 0, 10), span("b", "a", 1, 3), span("c", "a", 4, 6));
  expect(flameTarget(laid, "a", "ArrowDown")).toBe("b");
  expect(flameTarget(laid, "b", "ArrowRight")).toBe("c");
  expect(flameTarget(laid, "c", "ArrowRight")).toBe("c");
  expect(flameTarget(laid, "c", "ArrowUp")).toBe("a");
  expect(flameTarget(laid, "c", "x")).toBeNull();
});

test("the slowest spans are those that do not wait for their children", () => {
  const roots = buildSpanTree([
    span("agent", null, 0, 10, { cost: null }),
    span("slow", "agent", 0, 6, { cost: 0.5 }),
    span("also", "agent", 5, 8, { cost: 2, error: {} }),
  ]);
  const { slowest, dearest, errors } = landmarksOf(roots);
  expect(slowest.map((entry) => [entry.span.id, entry.selfMs])).toEqual([
    ["slow", 6_000],
    ["also", 3_000],
    ["agent", 2_000],
  ]);
  expect(dearest.map((entry) => entry.span.id)).toEqual(["also", "slow"]);
  expect(errors.map((entry) => entry.span.id)).toEqual(["also"]);
});

test("the scale has round times of the part that is shown", () => {
  expect(ticksOf(range, 0).map((tick) => tick.offsetMs)).toEqual([0, 5_000, 10_000]);
  expect(ticksOf({ startMs: 1_300, endMs: 1_900 }, 1_000).map((tick) => tick.offsetMs)).toEqual([400, 600, 800]);
  expect(ticksOf({ startMs: 0, endMs: 600_000 }, 0).map((tick) => tick.offsetMs / 60_000)).toEqual([0, 5, 10]);
});
