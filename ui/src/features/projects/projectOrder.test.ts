import { expect, test } from "vitest";
import { sortOf } from "@/features/projects/projectOrder";

test("the server is asked for the order of a column", () => {
  expect(sortOf({ field: "cost", direction: "ASC" })).toEqual({ field: "total_estimated_cost_sum", direction: "ASC" });
});

test("where the order is none the newest come first", () => {
  expect(sortOf({ field: "mood", direction: "ASC" })).toEqual({ field: "created_at", direction: "DESC" });
});
