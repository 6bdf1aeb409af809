import { expect, test } from "vitest";
import { spokesOf } from "@/components/charts/radar";

const reachOf = (...values: (number | null)[]) => {
  const [spoke] = spokesOf([{ id: "a", label: "a", title: "a", values }]);
  return [spoke?.outer, ...(spoke?.shares ?? [])];
};

test("scores from 0 to 1 stand on that scale, however small they are", () => {
  expect(reachOf(0.2, 0.4)).toEqual([1, 0.2, 0.4]);
});

test("a spoke with larger figures ends at the largest", () => {
  expect(reachOf(5, 10)).toEqual([10, 0.5, 1]);
});

test("what is below 0 stands in the centre, and what has no value nowhere", () => {
  expect(reachOf(-2, null, 0.5)).toEqual([1, 0, null, 0.5]);
});
