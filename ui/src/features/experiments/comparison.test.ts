import { expect, test } from "vitest";
import {
  focusOf,
  formatMeasure,
  formatSigned,
  isClear,
  labelOf,
  lookedOf,
  type Measured,
  worstMeasure,
} from "@/features/experiments/comparison";

const measured = (measure: string, regressedCount: number, isBetterLower = false): Measured => ({
  measure,
  isBetterLower,
  regressedCount,
  improvedCount: 0,
  unchangedCount: 0,
});
const MEASURES = [
  measured("feedback_scores.tone", 1),
  measured("feedback_scores.v1.0", 3),
  measured("duration", 9, true),
];
const column = (id: string) => ({ experiment: { id }, measures: MEASURES });

test("measures are called as people call them, and written with their unit", () => {
  expect(["feedback_scores.v1.0", "total_estimated_cost", "usage.total_tokens", "duration"].map(labelOf)).toEqual([
    "v1.0",
    "cost",
    "total tokens",
    "duration",
  ]);
  expect(formatMeasure("duration", 1_500)).toBe("1.50 s");
  expect(formatMeasure("assertions", 0.5)).toBe("50%");
  expect(formatSigned("total_estimated_cost", -0.0012)).toBe("−$0.0012");
});

test("the score by which most items fell is looked at first, and not what only took longer", () => {
  expect(worstMeasure(MEASURES)).toBe("feedback_scores.v1.0");
  expect(worstMeasure([measured("duration", 9, true)])).toBe("duration");
  expect(worstMeasure([])).toBeUndefined();
});

test("what fell comes first, which is what grew where less is better", () => {
  const focus = (search: object) => focusOf(lookedOf([column("a"), column("b")], search));
  expect(focus({})).toEqual({
    measure: "feedback_scores.v1.0",
    experimentId: "b",
    byDifference: true,
    direction: "ASC",
    outcome: null,
  });
  expect(focus({ measure: "duration", change: "regressed" })).toMatchObject({
    direction: "DESC",
    outcome: "REGRESSED",
  });
  expect(focus({ order: "highest", against: "a" })).toMatchObject({
    byDifference: false,
    direction: "DESC",
    experimentId: "b",
  });
});

test("an experiment alone is in the order of its items", () => {
  expect(focusOf(lookedOf([column("a")], { order: "falls", change: "regressed" }))).toBeNull();
  expect(focusOf(lookedOf([column("a")], { order: "lowest" }))).toMatchObject({ experimentId: "a", outcome: null });
  expect(lookedOf([{ experiment: { id: "a" }, measures: [] }], {})).toBeNull();
});

test("a difference is clear when its interval leaves zero out", () => {
  expect([isClear({ low: -0.2, high: -0.1 }), isClear({ low: -0.1, high: 0 }), isClear(null)]).toEqual([
    true,
    false,
    false,
  ]);
});
