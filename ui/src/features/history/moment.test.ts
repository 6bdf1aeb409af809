import { expect, test } from "vitest";
import { parseMoment } from "@/features/history/moment";

test("an address names the changes or a position, and nothing else", () => {
  expect(["changes", "1204", "0", "-3", "latest", "12345678901234567890", 7, undefined].map(parseMoment)).toEqual([
    "changes",
    "1204",
    ...Array(6).fill(undefined),
  ]);
});
