import { expect, test } from "vitest";
import { uuid7 } from "@/lib/uuid7";

test("ids are of version 7, tell the time, and are never the same", () => {
  const ids = Array.from({ length: 100 }, () => uuid7(0x0192_0000_0001));
  for (const id of ids) expect(id).toMatch(/^01920000-0001-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  expect(new Set(ids).size).toBe(100);
});
