import { expect, test } from "vitest";
import { jsonProblem, placedProblem } from "@/lib/jsonProblem";

test("JSON of whatever kind has no problem", () => {
  for (const text of [
    "1",
    "-0.5e3",
    '"a\\u00e9\\n"',
    "null",
    "[]",
    "{}",
    ' {"a": [1, {"b": true}], "": ""}\n',
    '"\u007f"',
  ])
    expect(jsonProblem(text), text).toBeNull();
});

test.each([
  ["", "Line 1, column 1: a value is missing here."],
  ['{"a": 1,\n "b" 2}', "Line 2, column 6: a colon is missing here."],
  ['{"a": 1\n "b": 2}', "Line 2, column 2: a comma or `}` is missing here."],
  ['{"a": 1,}', "Line 1, column 9: the comma before this is one too many."],
  ["[1,]", "Line 1, column 4: the comma before this is one too many."],
  ["[1 2]", "Line 1, column 4: a comma or `]` is missing here."],
  ["{a: 1}", "Line 1, column 2: a key in double quotes is missing here."],
  ["{'a': 1}", "Line 1, column 2: a key in double quotes is missing here."],
  ['{"a": }', "Line 1, column 7: this is no value of JSON."],
  ['{"a": True}', "Line 1, column 7: this is no value of JSON."],
  ["[01]", "Line 1, column 2: this is no value of JSON."],
  ['{"a": "b\nc"}', "Line 1, column 7: this text is not closed, or holds a line break or an unknown escape."],
  ['["\\x"]', "Line 1, column 2: this text is not closed, or holds a line break or an unknown escape."],
  ['{"a": [1', "Line 1, column 9: a comma or `]` is missing here."],
  ["{} {}", "Line 1, column 4: something stands after the end."],
])("%j is told with its place", (text, told) => {
  expect(placedProblem(text)).toBe(told);
});

test("what `JSON.parse` refuses always has a place within the text", () => {
  const whole = '{"a": [1, -2.5e+3, "x\\"y"], "b": {"c": null, "d": [[], {}]}, "e": false}';
  for (let at = 0; at < whole.length; at += 1) {
    for (const text of [
      whole.slice(0, at),
      `${whole.slice(0, at)}§${whole.slice(at + 1)}`,
      whole.slice(0, at) + whole.slice(at + 1),
    ]) {
      const problem = jsonProblem(text);
      if (problem) expect(problem.at, text).toBeLessThanOrEqual(text.length);
    }
  }
});

test("brackets may be nested deeper than calls", () => {
  expect(jsonProblem("[".repeat(200_000))).toEqual({ at: 200_000, message: "a value or `]` is missing here" });
});
