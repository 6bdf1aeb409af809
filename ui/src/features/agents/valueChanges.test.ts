import { expect, test } from "vitest";
import { valueChanges } from "@/features/agents/valueChanges";

const value = (key: string, text: string | null, kind: "STRING" | "INTEGER" = "STRING") => ({
  key,
  value: text,
  kind,
  description: null,
});
const told = (before: ReturnType<typeof value>[], after: ReturnType<typeof value>[]) =>
  valueChanges(before, after).map(({ key, act }) => `${key} ${act}`);

test("values are compared by their keys, and their order is none of the matter", () => {
  expect(told([value("a", "1"), value("b", "2")], [value("b", "2"), value("a", "1")])).toEqual([]);
  expect(told([value("a", "1"), value("b", "2")], [value("c", "3"), value("b", "4")])).toEqual([
    "c added",
    "b changed",
    "a removed",
  ]);
});

test("another type and nothing in the place of a text are changes", () => {
  expect(told([value("a", "1")], [value("a", "1", "INTEGER")])).toEqual(["a changed"]);
  expect(told([value("a", "")], [value("a", null)])).toEqual(["a changed"]);
});
