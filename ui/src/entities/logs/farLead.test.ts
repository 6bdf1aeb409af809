import { expect, test } from "vitest";
import { farLead } from "@/entities/logs/farLead";

const shown = (text: string, word: string) => {
  const start = text.indexOf(word);
  return text.slice(farLead(text, [{ start, end: start + word.length }]));
};

test("what lies far before a match may be left out, in whole words", () => {
  expect(shown("messages role user content Where is my parcel?", "parcel")).toBe("content Where is my parcel?");
  expect(shown("Where is my parcel?", "parcel")).toBe("Where is my parcel?");
  expect(farLead("a text that matches by another field", [])).toBe(0);
});

test("a text without spaces is cut between its characters", () => {
  expect(shown(`${"𠮷".repeat(30)}.鵜`, "鵜")).toBe(`${"𠮷".repeat(10)}.鵜`);
});
