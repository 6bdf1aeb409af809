import { expect, test } from "vitest";
import { plainValue, readFilter, valueText, writeTerm, writtenValue } from "@/entities/logs/filter/readFilter";

const read = (text: string) => {
  const found = readFilter(text);
  if ("problem" in found) return found.problem;
  return found.terms.map(({ isNegated, condition: it, text }) =>
    it ? `${isNegated ? "not " : ""}${it.field}|${it.operator}|${it.value}` : `${isNegated ? "not " : ""}${text}`,
  );
};

test("a filter is a row of fields, operators and values, with or without AND", () => {
  expect(read("")).toEqual([]);
  expect(read("name:agent AND cost > 0.1 and NOT error:true")).toEqual([
    "name|:|agent",
    "cost|>|0.1",
    "not error|:|true",
  ]);
  expect(read("name:agent cost>0.1")).toEqual(["name|:|agent", "cost|>|0.1"]);
  expect(read("start > -24h environment:(production OR staging)")).toEqual([
    "start|>|-24h",
    "environment|:|(production OR staging)",
  ]);
  expect(read('feedback[\'my: score\'] < 0.5 AND metadata.a["b c"] = "x y"')).toEqual([
    "feedback['my: score']|<|0.5",
    'metadata.a["b c"]|=|"x y"',
  ]);
  expect(read("duration:[1s TO 5s] has:tags missing: cost")).toEqual([
    "duration|:|[1s TO 5s]",
    "tags|has|",
    "cost|missing|",
  ]);
  expect(read('model in (gpt-4o, "a b") AND tags not in (x)')).toEqual(['model|in|gpt-4o, "a b"', "not tags|in|x"]);
  expect(read("start >= 2026-11-01T10:30:00Z name:=Agent name!=b")).toEqual([
    "start|>=|2026-11-01T10:30:00Z",
    "name|:=|Agent",
    "name|!=|b",
  ]);
  expect(read('name:*gent name:"a b"* name ~ wor*')).toEqual(["name|:|*gent", 'name|:|"a b"*', "name|~|wor*"]);
});

test("words and brackets are terms without a field", () => {
  expect(read('"exact phrase" wor* refnud~ -cat')).toEqual(['"exact phrase"', "wor*", "refnud~", "not -cat"]);
  expect(read("(cost > 1 OR has:tags) AND NOT (a b)")).toEqual(["(cost > 1 OR has:tags)", "not NOT (a b)"]);
  expect(read("NOT NOT error:true")).toEqual(["error|:|true"]);
  expect(read("name:ANDERSON order")).toEqual(["name|:|ANDERSON", "order"]);
});

test("what is no row of terms is told apart from what cannot be read", () => {
  expect(read("a:b OR c:d")).toBe("alternatives");
  for (const text of ["(a:b", 'name:"open', "a:b AND", "a:b )", "AND a:b", "cost >", "a AND OR b", "has:"])
    expect(read(text), text).toBe("unreadable");
});

test("every condition is written so that it is read as the same", () => {
  const texts = [
    "name:agent",
    "cost > 0.1",
    "NOT error:true",
    "has:tags",
    "NOT missing:cost",
    'model in (gpt-4o, "a b")',
    "duration:[1s TO 5s]",
    "environment:(production OR staging)",
    'name = "two \\"words\\""',
    "feedback['my: score'] < 0.5",
  ];
  for (const text of texts) {
    const found = readFilter(text);
    const [term] = "terms" in found ? found.terms : [];
    expect(term?.condition, text).not.toBeNull();
    if (term?.condition) expect(writeTerm({ ...term, condition: term.condition })).toBe(text);
  }
});

test("values get quotes where they need them, and lose those that people do not care for", () => {
  expect(valueText("gpt-4o")).toBe("gpt-4o");
  expect(valueText("two words")).toBe('"two words"');
  expect(valueText('a "b" \\n')).toBe('"a \\"b\\" \\\\n"');
  expect(valueText("and")).toBe('"and"');
  for (const value of ['"two words"', '"a \\"b\\""', '"a) b"']) expect(writtenValue(plainValue(value))).toBe(value);
  expect(plainValue('"true"')).toBe('"true"');
  expect(plainValue("wor*")).toBe("wor*");
  expect(writtenValue("[1s TO 5s]")).toBe("[1s TO 5s]");
  expect(writtenValue("my crawler")).toBe('"my crawler"');
});
