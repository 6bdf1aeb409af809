import { expect, test } from "vitest";
import { completeFilter, type Known, type Observed, placeOf } from "@/entities/logs/filter/completeFilter";
import { filterTerms, withoutTerm, withTerm, withTermAt, wordsOf } from "@/entities/logs/filter/filterTerms";
import { TRACE_FIELDS } from "@/features/traces/traceFields";

test("terms are added, taken away and changed in the text", () => {
  expect(filterTerms('name:"a AND b" (cost > 1 OR cost < 0) and tags:x')).toEqual([
    'name:"a AND b"',
    "(cost > 1 OR cost < 0)",
    "tags:x",
  ]);
  expect(withTerm("", "error:true")).toBe("error:true");
  expect(withTerm("cost > 1", "error:true")).toBe("cost > 1 AND error:true");
  expect(withTerm("error:true", "error:true")).toBe("error:true");
  expect(withTerm("a:b OR c:d", "error:true")).toBe("(a:b OR c:d) AND error:true");
  expect(withoutTerm("cost > 1 AND error:true AND tags:x", 1)).toBe("cost > 1 AND tags:x");
  expect(withTermAt("cost > 1 tags:x", 1, "a:b OR c:d")).toBe("cost > 1 AND (a:b OR c:d)");
});

test("what is searched for becomes conditions that are words", () => {
  const words = wordsOf('parcel "two words" wor* a:b and "open');
  expect(words).toEqual(["parcel", '"two words"', "wor*", '"a:b"', '"and"', "open"]);
  expect(filterTerms(words.join(" AND "))).toEqual(words);
});

const models: Observed = {
  values: [
    { text: "agent", label: "agent", detail: "3 traces", condition: "name = agent" },
    { text: '"my crawler"', label: "my crawler", detail: "2 traces", condition: 'name = "my crawler"' },
  ],
  others: 0,
  isReading: false,
};
const asked: unknown[] = [];
const known: Known = {
  fields: TRACE_FIELDS,
  valuesOf: ({ field, among, begun }) => {
    asked.push([field, among, begun]);
    if (field === "name") return models;
    return field === "tags" ? { values: [], others: 4, isReading: true } : null;
  },
};
const complete = (text: string, caret = text.length) => completeFilter(text, caret, known);
const labels = (text: string) => complete(text)?.options.map(({ label }) => label);
const chosen = (text: string, label: string, caret = text.length) => {
  const found = complete(text, caret);
  const option = found?.options.find((each) => each.label === label);
  return found && option && text.slice(0, found.from) + option.insert + text.slice(found.to);
};

test("a field, its operators, its values and the joining words are offered in turn", () => {
  expect(labels("err")).toEqual(["error", "error_type", "error_message"]);
  expect(labels("error:")).toEqual(["true", "false"]);
  expect(labels("error:true ")).toEqual(["AND", "OR"]);
  expect(labels("error:true AND cos")).toEqual(["cost"]);
  expect(labels("cost")).toEqual(["cost >", "cost >=", "cost <", "cost <=", "cost ="]);
  expect(labels("start > -2")).toEqual(["-24h"]);
  expect(labels("has:thr")).toEqual(["thread_id"]);
  expect(labels("nonsense")).toBeUndefined();
});

test("a recorded value is chosen so that it alone is found", () => {
  expect(chosen("name:", "my crawler")).toBe('name = "my crawler" ');
  expect(chosen("cost > 1 AND name:cr", "my crawler")).toBe('cost > 1 AND name = "my crawler" ');
  expect(chosen("name != a", "agent")).toBe("name != agent ");
  expect(chosen("name in (x, a", "agent")).toBe("name in (x, agent ");
  expect(chosen("name:a|g AND error:true".replace("|", ""), "agent", 6)).toBe("name = agent  AND error:true");
});

test("values are those of what the other terms leave", () => {
  const among = (text: string, caret = text.length) => {
    const place = placeOf(text, caret);
    return place.kind === "value" ? [place.field, place.among, place.begun] : place.kind;
  };
  expect(among("error:true AND name:a")).toEqual(["name", "error:true", "a"]);
  expect(among("name:a AND error:true", 6)).toEqual(["name", "error:true", "a"]);
  expect(among("error:true AND NOT name:")).toEqual(["name", "error:true", ""]);
  expect(among("tags:x OR name:")).toEqual(["name", "", ""]);
  expect(among("(tags:x AND name:")).toEqual(["name", "", ""]);
  expect(among("feedback['my score'] > ")).toEqual(["feedback['my score']", "", ""]);
});

test("what is still to come and what is left out is said", () => {
  expect(complete("tags:")?.note).toBe("Reading values…");
  expect(complete("name:zzz")).toMatchObject({ options: [], note: "No recorded value holds this" });
});
