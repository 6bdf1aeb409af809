import { expect, test } from "vitest";
import { itemOf, readTable } from "@/features/datasets/readFile";

const items = (name: string, text: string, readsValues = true) => {
  const { columns, rows } = readTable(name, text);
  const mapping = new Map(columns.map((column) => [column, column]));
  return rows.map((row) => JSON.parse(itemOf(row, { mapping, readsValues })) as unknown);
};

test("a CSV with quotes and line breaks becomes items, with values if they are wanted", () => {
  const text = 'question,n,tags\n"Where, and\nwhen?",3,"[""a""]"\nWhy?,03x,\n';
  expect(items("a.csv", text)).toEqual([
    { question: "Where, and\nwhen?", n: 3, tags: ["a"] },
    { question: "Why?", n: "03x", tags: "" },
  ]);
  expect(items("a.csv", text, false)[0]).toEqual({ question: "Where, and\nwhen?", n: "3", tags: '["a"]' });
});

test("JSON and lines of JSON keep their kinds", () => {
  expect(items("a.json", '[{"q":"1","n":1},{"deep":{"a":[1]}}]')).toEqual([{ q: "1", n: 1 }, { deep: { a: [1] } }]);
  expect(items("a.jsonl", '{"q":"x"}\n\n{"q":null}\n')).toEqual([{ q: "x" }, { q: null }]);
});

test("columns are renamed and left out", () => {
  const { rows } = readTable("a.csv", "a,b\n1,2\n");
  const mapping = new Map([
    ["a", "input"],
    ["b", null],
  ]);
  expect(itemOf(rows[0] ?? new Map(), { mapping, readsValues: false })).toBe('{"input":"1"}');
});

test("a file that is no list of objects says so", () => {
  expect(() => readTable("a.json", '{"a":1}')).toThrow("the file must hold a list of objects");
  expect(() => readTable("a.jsonl", '{"a":1}\nnope')).toThrow("line 2 is not JSON");
  expect(() => readTable("a.json", "[1]")).toThrow("item 1 is not an object");
});
