import { expect, test } from "vitest";
import { diffOfTexts } from "@/components/diffOfTexts";

test("each line has its number in the text that it stands in", () => {
  const lines = diffOfTexts("a\nb\nc\n", "a\nx\nc\n");
  expect(lines.map(({ kind, text, oldNumber, newNumber }) => [kind, text, oldNumber, newNumber])).toEqual([
    ["KEPT", "a", 1, 1],
    ["REMOVED", "b", 2, null],
    ["ADDED", "x", null, 2],
    ["KEPT", "c", 3, 3],
  ]);
});
