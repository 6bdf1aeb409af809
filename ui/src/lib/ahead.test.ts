import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { readAhead, takeAhead } from "@/lib/ahead";

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

test("what was asked ahead is had once, and asked once however often it is wanted", async () => {
  const read = vi.fn(async () => "rows");
  readAhead("a", read);
  readAhead("a", read);
  expect(read).toHaveBeenCalledTimes(1);
  await expect(takeAhead("a")).resolves.toBe("rows");
  expect(takeAhead("a")).toBeUndefined();
});

test("what was asked too long ago, or before many others, is not taken", () => {
  const read = async () => "rows";
  readAhead("old", read);
  vi.advanceTimersByTime(10_001);
  expect(takeAhead("old")).toBeUndefined();
  for (const key of ["1", "2", "3", "4", "5"]) readAhead(key, read);
  expect(takeAhead("1")).toBeUndefined();
  expect(takeAhead("2")).toBeDefined();
});

test("a failure is heard by whoever takes it", async () => {
  readAhead("b", async () => {
    throw new Error("gone");
  });
  await expect(takeAhead("b")).rejects.toThrow("gone");
});
