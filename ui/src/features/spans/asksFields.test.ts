import { expect, test } from "vitest";
import { asksFields } from "@/features/spans/asksFields";

test("a field of spans with an operator is a filter", () => {
  for (const text of [
    "error:true",
    "refund duration > 1s",
    "NOT (type = llm OR model:gpt)",
    "feedback.care < 0.5",
    "usage['total tokens'] >= 3",
    "has:cost",
    "type not in (llm, tool)",
  ])
    expect(asksFields(text), text).toBe(true);
});

test("words stay words, whatever signs they have in them", () => {
  for (const text of ["", "refund", "GET: /orders", "http://duration", "type", "a > b", "in (here)"])
    expect(asksFields(text), text).toBe(false);
});
