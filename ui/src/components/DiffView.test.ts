import { expect, test } from "vitest";
import { type DiffLine, piecesOfLines } from "@/components/DiffView";

const changed = (lines: DiffLine[]) =>
  piecesOfLines(lines).map((pieces) => pieces.filter(({ isChanged }) => isChanged).map(({ text }) => text));

test("within lines that take each other's place the words that differ are marked", () => {
  const lines: DiffLine[] = [
    { kind: "KEPT", text: "You help customers." },
    { kind: "REMOVED", text: "Be brief and kind." },
    { kind: "REMOVED", text: "Never guess." },
    { kind: "ADDED", text: "Be brief and honest." },
  ];
  expect(changed(lines)).toEqual([[], ["kind"], [], ["honest"]]);
});

test("a line without a counterpart is not cut up", () => {
  expect(changed([{ kind: "ADDED", text: "New." }])).toEqual([[]]);
});

test("of a long line only what lies between its equal ends is marked", () => {
  const [head, tail] = ["same ".repeat(5_000), " equal".repeat(5_000)];
  const line = (kind: DiffLine["kind"], word: string): DiffLine => ({ kind, text: `${head}${word}${tail}` });
  const pieces = piecesOfLines([line("REMOVED", "one two"), line("ADDED", "one three")]);
  const marked = pieces.map((each) => each.filter(({ isChanged }) => isChanged).map(({ text }) => text));
  expect(marked).toEqual([["two"], ["three"]]);
  expect(pieces.map((each) => each.map(({ text }) => text).join(""))).toEqual([
    `${head}one two${tail}`,
    `${head}one three${tail}`,
  ]);
});

test("a long line that differs throughout is marked as a whole", () => {
  const pieces = piecesOfLines([
    { kind: "REMOVED", text: "a".repeat(3_000) },
    { kind: "ADDED", text: "b".repeat(3_000) },
  ]);
  expect(pieces.map((each) => each.map(({ text, isChanged }) => [text.length, isChanged]))).toEqual([
    [[3_000, true]],
    [[3_000, true]],
  ]);
});
