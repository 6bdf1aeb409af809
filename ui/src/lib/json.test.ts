import { expect, test } from "vitest";
import { ExactNumber, parseJson, prettyJson, writeJson } from "@/lib/json";

test("laying out changes nothing but the space between tokens", () => {
  const text = String.raw`{"a":12345678901234567890,"b":[1.10,"x{,}\"y\\"],"c":{},"d":[ ]}`;
  expect(prettyJson(text)).toBe(
    String.raw`{
  "a": 12345678901234567890,
  "b": [
    1.10,
    "x{,}\"y\\"
  ],
  "c": {},
  "d": []
}`,
  );
});

test("text that is not JSON is laid out without failing", () => {
  expect(prettyJson('{"a": "open')).toBe('{\n  "a": "open');
});

test("a safe number stays a number", () => {
  expect(parseJson('{"a": 42, "b": 1.5e3}')).toEqual({ a: 42, b: 1500 });
});

test("a number that a double cannot hold keeps its digits, and a text that looks like one stays a text", () => {
  const value = parseJson('{"id": 12345678901234567890, "huge": 1e999, "text": "say \\"12345678901234567890\\""}');
  expect(value).toEqual({
    id: new ExactNumber("12345678901234567890"),
    huge: new ExactNumber("1e999"),
    text: 'say "12345678901234567890"',
  });
  expect(writeJson((value as { id: ExactNumber }).id)).toBe("12345678901234567890");
});

test("malformed text with a long number is refused as any other", () => {
  expect(() => parseJson('{"id": 12345678901234567890')).toThrow(SyntaxError);
});

test("a value is written as JSON again", () => {
  expect(writeJson({ a: [1, null, "x"], b: {} })).toBe('{\n  "a": [\n    1,\n    null,\n    "x"\n  ],\n  "b": {}\n}');
});
