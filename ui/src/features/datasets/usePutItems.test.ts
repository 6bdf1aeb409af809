import { expect, test } from "vitest";
import { batchesOf } from "@/features/datasets/usePutItems";

test("items go in parts that are neither too many nor too large", () => {
  expect(batchesOf([])).toEqual([]);
  expect(batchesOf(Array.from({ length: 1_001 }, () => "{}")).map(({ length }) => length)).toEqual([500, 500, 1]);
  const large = "x".repeat(600_000);
  expect(batchesOf([large, large, "{}"]).map(({ length }) => length)).toEqual([1, 2]);
});
