import { expect, test } from "vitest";
import { fieldsOf, writeFields } from "@/features/datasets/fields";

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
  expect(writeFields([{ ...field, text: "{" }])).toEqual({ problem: "`a` is not JSON." });
  expect(writeFields([field, { ...field, isNew: true }])).toEqual({ problem: "`a` is there twice." });
  expect(writeFields([field, { ...field, key: " ", isNew: true }])).toEqual({ data: '{"a":1}' });
});
