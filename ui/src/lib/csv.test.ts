import { expect, test } from "vitest";
import { writeCsv } from "@/lib/csv";

test("quotes, commas and line breaks stay within their cell", () => {
  expect(
    writeCsv([
      ["a", 'say "hi", twice'],
      ["b\nc", null],
    ]),
  ).toBe('a,"say ""hi"", twice"\r\n"b\nc",\r\n');
});

test("a recorded text is never a formula, a number stays one", () => {
  expect(writeCsv([["=1+1", "-cmd", -5, 0.25]])).toBe("'=1+1,'-cmd,-5,0.25\r\n");
});
