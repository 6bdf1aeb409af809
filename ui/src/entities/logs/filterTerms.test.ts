import { expect, test } from "vitest";
import { completeFilter, observedValues } from "@/entities/logs/completeFilter";
import { filterTerms, valueText, withoutTerm, withTerm } from "@/entities/logs/filterTerms";
import { TRACE_FIELDS } from "@/features/traces/traceFields";

test("a filter is cut where its terms are joined, not within brackets and quotes", () => {
  expect(filterTerms("")).toEqual([]);
  expect(filterTerms("error:true")).toEqual(["error:true"]);
  expect(filterTerms('name:"a AND b" AND (cost > 1 OR cost < 0) and tags:x')).toEqual([
    'name:"a AND b"',
    "(cost > 1 OR cost < 0)",
    "tags:x",
  ]);
  expect(filterTerms("name:ANDERSON AND duration:[1s TO 5s]")).toEqual(["name:ANDERSON", "duration:[1s TO 5s]"]);
});

test("what is no row of terms is left whole", () => {
  for (const text of ["a:b OR c:d", "(a:b", 'name:"open', "a:b AND", "a:b )"]) expect(filterTerms(text)).toBeNull();
});

test("terms are added and taken away in the text", () => {
  expect(withTerm("", "error:true")).toBe("error:true");
  expect(withTerm("cost > 1", "error:true")).toBe("cost > 1 AND error:true");
  expect(withTerm("error:true", "error:true")).toBe("error:true");
  expect(withTerm("a:b OR c:d", "error:true")).toBe("(a:b OR c:d) AND error:true");
  expect(withoutTerm("cost > 1 AND error:true AND tags:x", 1)).toBe("cost > 1 AND tags:x");
  expect(valueText("gpt-4o")).toBe("gpt-4o");
  expect(valueText("two words")).toBe('"two words"');
});

const known = {
  fields: TRACE_FIELDS,
  observed: observedValues([
    ["name", "agent"],
    ["tags", "beta"],
    ["feedback", "tone"],
    ["name", "my crawler"],
    ["name", "my crawler"],
    ["thread_id", null],
  ]),
};
const labels = (text: string) => completeFilter(text, text.length, known)?.options.map(({ label }) => label);

test("a field, its operators, its values and the joining words are offered in turn", () => {
  expect(labels("err")).toEqual(["error", "error_type", "error_message"]);
  expect(labels("error:")).toEqual(["true", "false"]);
  expect(labels("error:true ")).toEqual(["AND", "OR"]);
  expect(labels("error:true AND cos")).toEqual(["cost"]);
  expect(labels("cost")).toEqual(["cost >", "cost >=", "cost <", "cost <=", "cost ="]);
  expect(labels("start > -2")).toEqual(["-24h"]);
  expect(labels("feedback.to")).toEqual(["feedback.tone"]);
  expect(labels("has:thr")).toEqual(["thread_id"]);
  expect(labels("nonsense")).toBeUndefined();
});

test("values that were seen are offered, the frequent first, in quotes where needed", () => {
  const completion = completeFilter("name:", 5, known);
  expect(completion?.options.map(({ insert }) => insert)).toEqual(['"my crawler" ', "agent "]);
  expect(completeFilter("tags:be AND error:true", 7, known)).toMatchObject({ from: 5, to: 7 });
});
