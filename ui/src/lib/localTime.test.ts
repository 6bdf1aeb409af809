import { expect, test } from "vitest";
import { instantOf, localOf } from "@/lib/localTime";

test("an instant is kept that a form shows by the clock on the wall", () => {
  const instant = instantOf("2026-03-04T05:06");
  expect(localOf(instant)).toBe("2026-03-04T05:06");
  expect(localOf("soon")).toBe("");
  expect(instantOf("")).toBeUndefined();
});
