import { describe, expect, test } from "vitest";
import { summaryOf } from "@/features/history/auditWords";

const told = { said: [], saidOmitted: 0, isLong: false, isErased: false };
const said = (fields: Record<string, unknown>) =>
  Object.entries(fields).map(([field, value]) => ({ field, value: JSON.stringify(value) }));

describe("what an event says on one line", () => {
  test("says what people look for first, and not the name that stands beside it", () => {
    const fields = said({ tags: ["a", "b"], project_id: "p", name: "planner", "versions.2.template": "Hi\n  there" });
    expect(summaryOf({ ...told, said: fields, thing: { name: "planner" } })).toBe(
      "version 2, template: Hi there · tags: a, b",
    );
    expect(summaryOf({ ...told, said: fields, thing: { name: "renamed" } })).toMatch(/^name: planner · /);
  });

  test("names a part once, and what it says of it after that", () => {
    const fields = said({ "versions.2.commit": "b1", "versions.2.number": 2, "versions.3.number": 3 });
    expect(summaryOf({ ...told, said: fields })).toBe("version 2, commit: b1 · number: 2 · version 3, number: 3");
  });

  test("cuts long values, and counts what is left out", () => {
    const fields = said({ a: "é".repeat(61), b: 1, c: true, d: "", e: null });
    expect(summaryOf({ ...told, said: fields, saidOmitted: 2 })).toBe(
      `a: ${"é".repeat(60)}… · b: 1 · c: true · d: empty · and 3 fields more`,
    );
  });

  test("tells of what is erased, undone or too large", () => {
    expect(summaryOf({ ...told, isErased: true })).toContain("erased");
    expect(summaryOf({ ...told, undoes: "7" })).toBe("Takes back what happened at position 7.");
    expect(summaryOf({ ...told, isLong: true })).toContain("open it");
    expect(summaryOf(told)).toBe("");
  });
});
