import { expect, test } from "vitest";
import { recogniseLists } from "@/entities/payload/recogniseLists";
import type { JsonObject, JsonValue } from "@/lib/json";

test("rows of plain values are a table, whose columns are all the keys", () => {
  const rows: JsonObject[] = [
    { id: 1, name: "a" },
    { id: 2, price: 1.5 },
  ];
  expect(recogniseLists(rows)).toEqual({
    lists: [{ name: null, listing: { kind: "table", columns: ["id", "name", "price"], rows } }],
    rest: {},
  });
});

test.each<[string, JsonValue]>([
  ["LangChain", { page_content: "Ships in 4 days.", metadata: { source: "faq.md" }, score: 0.9 }],
  ["LlamaIndex", { node: { text: "Ships in 4 days.", metadata: { source: "faq.md" } }, score: 0.9 }],
  [
    "OpenInference",
    { document: { content: "Ships in 4 days.", metadata: { source: "faq.md" } }, relevance_score: 0.9 },
  ],
])("what %s retrieved is a document with its score", (_name, hit) => {
  const found = recogniseLists({ query: "shipping", documents: [hit] });
  expect(found?.rest).toEqual({ query: "shipping" });
  expect(found?.lists).toMatchObject([
    {
      name: "documents",
      listing: { kind: "documents", documents: [{ title: "faq.md", text: "Ships in 4 days.", score: 0.9 }] },
    },
  ]);
});

test.each<[string, JsonValue]>([
  ["an empty list", []],
  ["numbers", [1, 2]],
  ["objects within objects", [{ a: { b: 1 } }]],
  ["long texts", [{ a: "x".repeat(400) }]],
  ["an object without a list", { a: 1 }],
  ["very many columns", [Object.fromEntries(Array.from({ length: 20 }, (_, at) => [`c${at}`, at]))]],
])("%s: no list that reads better", (_name, value) => expect(recogniseLists(value)).toBeNull());
