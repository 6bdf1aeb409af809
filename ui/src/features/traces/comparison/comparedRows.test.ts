import { expect, test } from "vitest";
import {
  comparedRows,
  countsOf,
  onlyDifferences,
  placeOf,
  stepToDifference,
} from "@/features/traces/comparison/comparedRows";
import type { ComparedSpan, TextMarks } from "@/features/traces/comparison/comparedSpan";
import type { Pair } from "@/features/traces/comparison/matchSpans";

const span = (id: string, more: Partial<ComparedSpan> = {}): ComparedSpan => ({
  id,
  name: id.slice(1),
  type: "GENERAL",
  startTime: "2026-03-04T05:06:07Z",
  ...more,
});

const both = (name: string, children: Pair<ComparedSpan>[] = [], more: Partial<ComparedSpan> = {}) => ({
  left: span(`<${name}`),
  right: span(`>${name}`, more),
  isMoved: false,
  children,
});
const onlyLeft = (name: string, children: Pair<ComparedSpan>[] = []) => ({ ...both(name, children), right: null });

const marks = (texts: Record<string, string>): Map<string, TextMarks> =>
  new Map(Object.entries(texts).map(([id, input]) => [id, { input, output: "", metadata: "" }]));

const TREE = both("root", [
  both("plan", [both("ask", [], { model: "gpt-5" })]),
  both("search", [both("embed")]),
  onlyLeft("check", [onlyLeft("rule")]),
  both("answer"),
]);
const TEXTS = marks({
  "<root": "a",
  ">root": "a",
  "<plan": "b",
  ">plan": "b",
  "<search": "c",
  ">search": "c",
  "<embed": "d",
  ">embed": "d",
  "<answer": "e",
  ">answer": "other",
});

const said = (rows: readonly { id: string; depth: number; state: string }[]) =>
  rows.map(({ id, depth, state }) => `${"  ".repeat(depth)}${id.slice(1)} ${state}`);

test("rows stand in the order of the tree, each with what is known of it", () => {
  const rows = comparedRows(TREE, TEXTS);
  expect(said(rows)).toEqual([
    "root same",
    "  plan same",
    "    ask changed",
    "  search same",
    "    embed same",
    "  check left",
    "    rule left",
    "  answer changed",
  ]);
  expect(rows[2]?.parts).toEqual(["model"]);
  expect(rows[7]?.parts).toEqual(["input"]);
  expect(rows.map(({ position, siblings }) => `${position}/${siblings}`)).toEqual([
    "1/1",
    "1/4",
    "1/1",
    "2/4",
    "1/1",
    "3/4",
    "1/1",
    "4/4",
  ]);
  expect(countsOf(rows)).toEqual({ same: 4, changed: 2, left: 2, right: 0, unread: 0 });
});

test("a span whose texts are not read yet is not called the same", () => {
  expect(comparedRows(TREE, new Map()).map(({ state }) => state)).toEqual([
    "unread",
    "unread",
    "changed",
    "unread",
    "unread",
    "left",
    "left",
    "unread",
  ]);
});

test("only differences leaves them and the way to them", () => {
  expect(said(onlyDifferences(comparedRows(TREE, TEXTS)))).toEqual([
    "root same",
    "  plan same",
    "    ask changed",
    "  check left",
    "    rule left",
    "  answer changed",
  ]);
  const equal = both("root", [both("a")]);
  const texts = marks({ "<root": "", ">root": "", "<a": "", ">a": "" });
  expect(onlyDifferences(comparedRows(equal, texts))).toEqual([]);
});

test("steps lead from difference to difference, and what is within a span of one side is passed over", () => {
  const rows = comparedRows(TREE, TEXTS);
  const walk = [0];
  for (let step = 0; step < 4; step += 1) {
    const next = stepToDifference(rows, walk.at(-1) ?? 0, 1);
    walk.push(next ? rows.indexOf(next) : -1);
  }
  expect(walk).toEqual([0, 2, 5, 7, 2]);
  expect(stepToDifference(rows, 2, -1)).toBe(rows[7]);
  expect(stepToDifference([], 0, 1)).toBe(null);
});

test("a row is found by the span of either side", () => {
  const rows = comparedRows(TREE, TEXTS);
  expect([placeOf(rows, "<embed"), placeOf(rows, ">embed"), placeOf(rows, "nobody")]).toEqual([4, 4, -1]);
});
