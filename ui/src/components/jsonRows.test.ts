import { expect, test } from "vitest";
import { findInJson, type JsonRow, jsonRows, valueAt } from "@/components/jsonRows";
import type { JsonValue } from "@/lib/json";

const VALUE: JsonValue = { user: { name: "Ada", tags: ["a", "b", "c"] }, "full name": null, empty: [] };

const written = (rows: JsonRow[]) =>
  rows.map((row) => {
    const indent = "  ".repeat(row.depth);
    if (row.kind === "more") return `${indent}${row.hidden} more`;
    return `${indent}${row.id}${row.kind === "branch" ? (row.isOpen ? " -" : " +") : ""}`;
  });

test("what is open has its children below it, and of many only some", () => {
  const open = {
    isOpen: (_id: string, depth: number) => depth < 5,
    shownOf: (id: string) => (id === "user.tags" ? 2 : 9),
  };
  expect(written(jsonRows(VALUE, open))).toEqual([
    "user -",
    "  user.name",
    "  user.tags -",
    "    user.tags[0]",
    "    user.tags[1]",
    "    1 more",
    "['full name']",
    "empty",
  ]);
});

test("what is closed has none", () => {
  const closed = { isOpen: () => false, shownOf: () => 9 };
  expect(written(jsonRows(VALUE, closed))).toEqual(["user +", "['full name']", "empty"]);
  expect(written(jsonRows("alone", closed))).toEqual([""]);
});

test("a row knows the row of the branch that it lies in", () => {
  const open = { isOpen: () => true, shownOf: () => 2 };
  expect(jsonRows(VALUE, open).map(({ parent }) => parent)).toEqual([-1, 0, 0, 2, 2, 2, -1, -1]);
  expect(valueAt(VALUE, ["user", "tags", 1])).toBe("b");
});

test("words are found in keys and values, with all that must be open to see them", () => {
  const found = findInJson(VALUE, "A");
  expect(found.ids).toEqual(["user.name", "user.tags", "user.tags[0]", "['full name']"]);
  expect([...found.above]).toEqual([
    ["", 2],
    ["user", 2],
    ["user.tags", 1],
  ]);
  for (const words of ["nothing", ""]) expect(findInJson(VALUE, words).ids).toEqual([]);
});

test("of very many places the first are found", () => {
  const found = findInJson(
    Array.from({ length: 3_000 }, () => "same"),
    "same",
  );
  expect([found.ids.length, found.isCut]).toEqual([1_000, true]);
});
