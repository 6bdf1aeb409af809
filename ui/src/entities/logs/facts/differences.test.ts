import { expect, test } from "vitest";
import { type DifferingValue, differingFields } from "@/entities/logs/facts/differences";

const value = (field: string, name: string | number, difference: number, atLeast = 0): DifferingValue => ({
  field,
  ...(typeof name === "string" ? { value: name } : { from: name, to: name + 1 }),
  filter: `${field} = ${name}`,
  selected: 1,
  rest: 1,
  difference,
  atLeast,
});

test("values are put together by field, the surest field first, ranges in their order", () => {
  const values = [
    value("duration", 2, 0.6, 0.4),
    value("model", "a", -0.5, 0.3),
    value("model", "b", 0.55, 0.1),
    value("duration", 1, -0.6, 0.4),
  ];
  expect(
    differingFields(values, "error:true").map((it) => [it.field, it.atLeast, it.values.map((v) => v.value ?? v.from)]),
  ).toEqual([
    ["duration", 0.4, [1, 2]],
    ["model", 0.3, ["b", "a"]],
  ]);
});

test("what was asked for and what is the same in both is left out", () => {
  const values = [value("error", "true", 1, 0.9), value("source", "sdk", 0), value("tags", "beta", 0.2)];
  expect(differingFields(values, "NOT error:false AND cost > 1").map(({ field }) => field)).toEqual(["tags"]);
});
