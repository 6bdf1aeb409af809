import { expect, test } from "vitest";
import { draftOf, isSamePolicy, NO_TERMS, readTerms, reshaped } from "@/features/datasets/testTerms";

const code = '[{"name":"length","type":"code_metric","config":{}}]';

test("what is read into a form and not changed is what it was", () => {
  const terms = { evaluators: code, policy: { runsPerItem: 3, passThreshold: 2 } };
  expect(readTerms(draftOf(terms))).toEqual(terms);
  expect(readTerms(draftOf(NO_TERMS))).toEqual(NO_TERMS);
});

test("runs and passes are numbers, or both are left empty", () => {
  const draft = draftOf(NO_TERMS);
  const problem = "Runs and passes are numbers from 1, or both are left empty.";
  expect(readTerms({ ...draft, runs: "3" })).toEqual({ problem });
  expect(readTerms({ ...draft, runs: "3", threshold: "0" })).toEqual({ problem });
  expect(readTerms({ ...draft, runs: " 3", threshold: "1" })).toMatchObject({
    policy: { runsPerItem: 3, passThreshold: 1 },
  });
});

test("evaluators that are no JSON list are refused, and none but objects are shown as assertions", () => {
  const draft = { ...draftOf(NO_TERMS), shape: "json" as const };
  expect(readTerms({ ...draft, evaluators: "[" })).toEqual({
    problem: expect.stringContaining("are not JSON. Line 1"),
  });
  expect(readTerms({ ...draft, evaluators: "{}" })).toEqual({ problem: "The evaluators are a JSON list." });
  expect(reshaped({ ...draft, evaluators: "[1]" }, "form")).toEqual({
    problem: "The evaluators are no JSON list of objects.",
  });
  expect(reshaped({ ...draft, evaluators: code }, "form")).toMatchObject({ shape: "form", assertions: [] });
});

test("a policy is the same by its numbers alone", () => {
  const policy = { runsPerItem: 3, passThreshold: 2 };
  expect(isSamePolicy({ ...policy }, policy)).toBe(true);
  expect(isSamePolicy(null, policy)).toBe(false);
  expect(isSamePolicy({ ...policy, passThreshold: 1 }, policy)).toBe(false);
});
