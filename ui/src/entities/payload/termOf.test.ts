import { expect, test } from "vitest";
import { termOf } from "@/entities/payload/termOf";
import { ExactNumber, type JsonValue } from "@/lib/json";

test.each<[JsonValue, string | null]>([
  ["pro", "metadata.a:pro"],
  ["two words", 'metadata.a:"two words"'],
  ['say "hi"', 'metadata.a:"say \\"hi\\""'],
  ["12", 'metadata.a:"12"'],
  ["true", 'metadata.a:"true"'],
  ["and", 'metadata.a:"and"'],
  [12.5, "metadata.a:12.5"],
  [new ExactNumber("12345678901234567890"), "metadata.a:12345678901234567890"],
  [false, "metadata.a:false"],
  [null, "missing:metadata.a"],
  ["", "missing:metadata.a"],
  [[], "missing:metadata.a"],
  ["line\nline", null],
  ["x".repeat(300), null],
])("%j is asked for as %s", (value, term) => {
  expect(termOf("metadata.a", { kind: "leaf", id: "a", steps: ["a"], value })).toBe(term);
});

test("of what holds others it is asked whether it is there", () => {
  expect(termOf("metadata.a", { kind: "branch", id: "a", steps: ["a"] })).toBe("has:metadata.a");
});
