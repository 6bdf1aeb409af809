import { expect, test } from "vitest";
import type { DiffLine } from "@/components/DiffView";
import { foldedLines, LINES_SHOWN } from "@/features/history/foldedLines";

const line = (text: string, kind: DiffLine["kind"] = "KEPT"): DiffLine => ({ kind, text });
const many = Array.from({ length: 40 }, (_, at) => line(`${at}`));

test("of a long comparison what changed and what stands around it is left", () => {
  const lines = many.with(20, line("20", "REMOVED"));
  expect(foldedLines(lines).map(({ text }) => text)).toEqual(["18", "19", "20", "21", "22"]);
});

test("a short comparison is whole, and one that changed everywhere has an end", () => {
  expect(foldedLines(many.slice(0, LINES_SHOWN))).toHaveLength(LINES_SHOWN);
  expect(foldedLines(many.map(({ text }) => line(text, "ADDED")))).toHaveLength(LINES_SHOWN);
});
