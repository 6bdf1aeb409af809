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
