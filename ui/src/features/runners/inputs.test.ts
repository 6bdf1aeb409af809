import { expect, test } from "vitest";
import { readInputs, writeInputs } from "@/features/runners/inputs";

const PARAMETERS = [
  { name: "question", kind: "string", presence: "required" },
  { name: "times", kind: "integer", presence: "optional" },
  { name: "share", kind: "float", presence: "optional" },
  { name: "polite", kind: "boolean", presence: "optional" },
  { name: "options", kind: "object", presence: "optional" },
];

test("each parameter is sent as what it is, and what is left empty is not sent", () => {
  const draft = { question: "2", times: "12345678901234567890", share: "0.5", polite: "true", options: '{"a": [1]}' };
  expect(writeInputs(PARAMETERS, draft)).toEqual({
    inputs: '{"question":"2","times":12345678901234567890,"share":0.5,"polite":true,"options":{"a": [1]}}',
  });
  expect(writeInputs(PARAMETERS, { question: "why", times: " ", polite: "" })).toEqual({
    inputs: '{"question":"why"}',
  });
  expect(writeInputs([], {})).toEqual({ inputs: "{}" });
});

test("what is missing or of another kind is said by its name", () => {
  expect(writeInputs(PARAMETERS, { times: "1.5", share: "half", options: "{" })).toEqual({
    problems: {
      question: "`question` is required.",
      times: "This is not a whole number.",
      share: "This is not a number.",
      options: "Line 1, column 2: a key in double quotes is missing here.",
    },
  });
});

test("inputs of an earlier run are written field by field again, unless there is no field for them", () => {
  const inputs = '{"question":"why","times":2,"options":{"a":1}}';
  expect(readInputs(PARAMETERS, inputs)).toEqual({ question: "why", times: "2", options: '{\n  "a": 1\n}' });
  expect(readInputs(PARAMETERS, null)).toEqual({});
  for (const other of ['{"unknown":1}', '{"question":5}', "[1]", "{"]) expect(readInputs(PARAMETERS, other)).toBeNull();
});
