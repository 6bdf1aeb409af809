import { expect, test } from "vitest";
import { fieldsOf, readItem, writeFields } from "@/features/datasets/fields";

test("texts are written as they are, anything else as the JSON that it was", () => {
  const fields = fieldsOf('{"q":"Why?","n":12345678901234567890,"deep":{"a":[1]}}');
  expect(fields.map(({ text, isJson }) => [text, isJson])).toEqual([
    ["Why?", false],
    ["12345678901234567890", true],
    ['{\n  "a": [\n    1\n  ]\n}', true],
  ]);
  const written = writeFields(fields);
  const data = "data" in written ? written.data : "";
  expect(data).toMatch(/^{"q":"Why\?","n":12345678901234567890,"deep":{\s*"a": \[\s*1\s*\]\s*}}$/);
});

test("what is no JSON, and a key that is there twice, is said", () => {
  const field = { key: "a", text: "1", isJson: true, isNew: false };
  expect(writeFields([{ ...field, text: "{" }])).toEqual({
    problem: "`a` is not JSON. Line 1, column 2: a key in double quotes is missing here.",
  });
  expect(writeFields([field, { ...field, isNew: true }])).toEqual({ problem: "`a` is there twice." });
  expect(writeFields([field, { ...field, key: " ", isNew: true }])).toEqual({ data: '{"a":1}' });
});

test("an item in one piece is an object, or it is said what it is not", () => {
  expect(readItem('{"a": 12345678901234567890}')).toEqual({
    fields: [{ key: "a", text: "12345678901234567890", isJson: true, isNew: false }],
  });
  expect(readItem("[1]")).toEqual({ problem: expect.stringContaining("An item is an object") });
  expect(readItem('{"a": 1,}')).toEqual({ problem: expect.stringContaining("Line 1, column 9") });
});
