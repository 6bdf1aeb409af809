import { expect, test } from "vitest";
import {
  compare,
  type ItemRow,
  isClear,
  type Outcome,
  pairsOf,
  rank,
  worstScore,
} from "@/features/experiments/comparison";

const outcome = (accuracy: number | null): Outcome => ({
  traceId: "t",
  output: null,
  scores: new Map(accuracy === null ? [] : [["accuracy", accuracy]]),
  durationMs: null,
  cost: null,
  hasFailed: false,
});
const row = (itemId: string, ...values: (number | null)[]): ItemRow => ({
  itemId,
  data: null,
  outcomes: values.map((value) => [outcome(value)]),
});

test("a difference has an interval that narrows with the items that agree", () => {
  const steady = compare([
    [0.5, 0.7],
    [0.4, 0.6],
    [0.6, 0.8],
  ]);
  expect(steady?.difference).toBeCloseTo(0.2);
  expect(steady?.margin).toBeCloseTo(0);
  const mixed = compare([
    [0, 1],
    [1, 0],
    [0, 1],
    [0, 0],
  ]);
  // Differences 1, -1, 1, 0: mean 0.25, deviation 0.957, error 0.479, t(3) = 3.182.
  expect(mixed?.difference).toBeCloseTo(0.25);
  expect(mixed?.margin).toBeCloseTo(1.523, 2);
  expect([steady && isClear({ ...steady, margin: 0.01 }), mixed && isClear(mixed)]).toEqual([true, false]);
});

test("one item has a difference but no interval, none has neither", () => {
  expect(compare([[1, 2]])).toMatchObject({ difference: 1, margin: null, count: 1 });
  expect(compare([])).toBeNull();
});

test("beyond thirty degrees of freedom the interval goes on as it was", () => {
  const pairs = Array.from({ length: 61 }, (_, at) => [0, at % 2] as const);
  const { margin } = compare(pairs) ?? {};
  // t(60) = 2.000
  expect(margin).toBeCloseTo(2.0 * (0.504 / Math.sqrt(61)), 2);
});

test("regressions come first, the largest fall before the others, what cannot be told last", () => {
  const rows = [row("same", 1, 1), row("up", 0, 1), row("down", 1, 0.5), row("new", null, 1), row("far down", 1, 0)];
  expect(rank(rows, "accuracy").map(({ row: { itemId }, change }) => `${itemId}: ${change}`)).toEqual([
    "far down: regressed",
    "down: regressed",
    "same: same",
    "up: improved",
    "new: unknown",
  ]);
  expect(pairsOf(rows, 1, ({ scores }) => scores.get("accuracy") ?? null)).toHaveLength(4);
});

test("the score by which most items fell is looked at first", () => {
  const rows = [row("down", 1, 0), row("up", 0, 1)];
  expect(worstScore(rows, ["tone", "accuracy"])).toBe("accuracy");
  expect(worstScore(rows, [])).toBeNull();
});
