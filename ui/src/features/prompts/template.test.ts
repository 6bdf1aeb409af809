import { expect, test } from "vitest";
import { cutTemplate, readMessages, writeMessages } from "@/features/prompts/template";

test("a chat of plain texts is read as messages and written as it was", () => {
  const text = '[{"role":"system","content":"Be brief."},{"role":"user","content":"{{question}}"}]';
  expect(writeMessages(readMessages(text) ?? [])).toBe(text);
});

test("what would lose something as messages stays JSON", () => {
  const parts = '[{"role":"user","content":[{"type":"text","text":"hi"}]}]';
  const named = '[{"role":"user","content":"hi","name":"ann"}]';
  for (const text of [parts, named, "{}", "hello"]) expect(readMessages(text)).toBeNull();
});

test("what a template leaves open stands apart", () => {
  expect(cutTemplate("Dear {{name}}, bye", "MUSTACHE")).toEqual(["Dear ", "{{name}}", ", bye"]);
  expect(cutTemplate("{% if a %}x{% endif %}", "JINJA_2")).toEqual(["", "{% if a %}", "x", "{% endif %}", ""]);
  expect(cutTemplate("Dear {name}", "PYTHON")).toEqual(["Dear ", "{name}", ""]);
});
