import { expect, test } from "vitest";
import type { DiffLine } from "@/components/DiffView";
import { foldedLines } from "@/components/foldedLines";

const line = (text: string, kind: DiffLine["kind"] = "KEPT"): DiffLine => ({ kind, text });
const many = Array.from({ length: 40 }, (_, at) => line(`${at}`));

test("of a long comparison what changed and what stands around it is left", () => {
  const lines = many.with(20, line("20", "REMOVED"));
  expect(foldedLines(lines, 12).map(({ text }) => text)).toEqual(["18", "19", "20", "21", "22"]);
});

test("a short comparison is whole, and one that changed everywhere has an end", () => {
  expect(foldedLines(many.slice(0, 12), 12)).toHaveLength(12);
  const changed = many.map(({ text }) => line(text, "ADDED"));
  expect(foldedLines(changed, 12)).toHaveLength(12);
});
