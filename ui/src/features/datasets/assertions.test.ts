import { expect, test } from "vitest";
import { assertionsOf, readAssertions, withAssertions } from "@/features/datasets/assertions";

const judge = (names: string[]) => ({
  name: "llm_judge",
  type: "llm_judge",
  config: {
    model: { name: "small" },
    schema: names.map((name) => ({ name, type: "BOOLEAN", description: name, extra: 1 })),
  },
});
const code = { name: "length", type: "code_metric", config: { code: "…" } };

test("the sentences are read from the judge, and the others are counted", () => {
  const evaluators = JSON.stringify([code, judge(["it is polite", "it is short"])]);
  expect(assertionsOf(evaluators)).toEqual({ texts: ["it is polite", "it is short"], otherCount: 1 });
  expect(assertionsOf("[]")).toEqual({ texts: [], otherCount: 0 });
  expect([assertionsOf("{"), assertionsOf("{}"), assertionsOf("[1]")]).toEqual([null, null, null]);
});

test("other sentences leave all else as it was", () => {
  const evaluators = JSON.stringify([judge(["a", "b"]), code]);
  const [first, second] = JSON.parse(withAssertions(evaluators, ["b", "new", "a"]));
  expect(second).toEqual(code);
  expect(first.config.model).toEqual({ name: "small" });
  expect(first.config.schema.map(({ name, extra }: { name: string; extra?: number }) => [name, extra])).toEqual([
    ["b", 1],
    ["new", undefined],
    ["a", 1],
  ]);
});

test("the first sentence makes a judge, and without any there is none", () => {
  const made = withAssertions(JSON.stringify([code]), ["it is polite"]);
  expect(assertionsOf(made)).toEqual({ texts: ["it is polite"], otherCount: 1 });
  expect(JSON.parse(withAssertions(made, []))).toEqual([code]);
});

test("empty sentences are left out, and none may be there twice", () => {
  expect(readAssertions([" a ", "", "b"])).toEqual({ texts: ["a", "b"] });
  expect(readAssertions(["a", "a "])).toEqual({ problem: "“a” is there twice." });
});
