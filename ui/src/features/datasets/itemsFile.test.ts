import { expect, test } from "vitest";
import { itemsFile } from "@/features/datasets/itemsFile";

const data = ['{\n  "q": "Why?\\nNow?", "n": 12345678901234567890 }', '{"q": "So", "deep": {"a": [1]}}'];

test("lines hold the items one by one, with their numbers as they were", () => {
  expect(itemsFile("jsonl", data)).toBe('{"q":"Why?\\nNow?","n":12345678901234567890}\n{"q":"So","deep":{"a":[1]}}\n');
});

test("a CSV has a column for every key, and JSON where there is no text", () => {
  expect(itemsFile("csv", data)).toBe('q,n,deep\r\n"Why?\nNow?",12345678901234567890,\r\nSo,,"{""a"":[1]}"\r\n');
});
