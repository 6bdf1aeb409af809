import { expect, test } from "vitest";
import { figureOf, parseChosenFigures } from "@/entities/logs/facts/columnFigures";

test("a column shows the figure that was chosen for it, or the one that tells most of its kind", () => {
  const fields = ["duration", "cost", "usage.total_tokens", "feedback.accuracy"];
  expect(fields.map((field) => figureOf(field, {}))).toEqual(["p50", "sum", "sum", "mean"]);
  expect(fields.map((field) => figureOf(field, { duration: "p99", cost: "mean" }))).toEqual([
    "p99",
    "mean",
    "sum",
    "mean",
  ]);
});

test("what was kept and is no figure is left out", () => {
  expect(parseChosenFigures({ duration: "p99", cost: "median", tokens: 3 })).toEqual({ duration: "p99" });
  expect(parseChosenFigures("p99")).toBeUndefined();
});
