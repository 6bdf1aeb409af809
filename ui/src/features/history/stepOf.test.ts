import { expect, test } from "vitest";
import { indexOfMoment } from "@/features/history/stepOf";

const steps = ["3", "7", "9007199254740993"].map((position) => ({ position }));

test("a moment stands at the last change until then", () => {
  expect(["7", "8", "9007199254740992", "9007199254740993"].map((at) => indexOfMoment(steps, at))).toEqual([
    1, 1, 1, 2,
  ]);
});

test("before the first change stands the first, and behind the last stands now", () => {
  expect([indexOfMoment(steps, "1"), indexOfMoment(steps, "changes"), indexOfMoment([], "5")]).toEqual([0, 3, 0]);
});
