import { expect, test } from "vitest";
import { ancestorsOf, stepTarget } from "@/features/spans/spanSteps";
import type { SpanNode } from "@/features/spans/spanTree";

type Span = { id: string; name: string; type: string; startTime: string };

const node = (id: string, children: SpanNode<Span>[] = [], type = "TOOL"): SpanNode<Span> => ({
  span: { id, name: id.replace(/\d/, ""), type, startTime: "2026-03-04T05:06:07Z" },
  children,
  isOrphan: false,
});

const ROOTS = [
  node("trace", [
    node("plan1", [node("ask1"), node("look1"), node("ask2")]),
    node("plan2", [node("look2"), node("ask3", [], "LLM")]),
    node("end", [node("ask4")]),
  ]),
];
const step = (from: string, key: string) => stepTarget(ROOTS, from, key)?.id ?? null;

test("braces lead to the siblings, and at the ends nowhere", () => {
  expect([step("look1", "{"), step("look1", "}")]).toEqual(["ask1", "ask2"]);
  expect([step("plan1", "}"), step("ask1", "{"), step("ask2", "}"), step("trace", "}")]).toEqual([
    "plan2",
    null,
    null,
    null,
  ]);
});

test("brackets lead to the spans of the same name and type, wherever they are", () => {
  expect([step("ask1", "]"), step("ask2", "]"), step("ask4", "]")]).toEqual(["ask2", "ask4", null]);
  expect([step("look2", "["), step("plan2", "["), step("ask3", "[")]).toEqual(["look1", "plan1", null]);
});

test("other keys and unknown spans lead nowhere", () => {
  expect([step("ask1", "x"), step("nobody", "}"), step("nobody", "]")]).toEqual([null, null, null]);
});

test("what a span lies within is told from the root on", () => {
  expect(ancestorsOf(ROOTS, "ask4")).toEqual(["trace", "end"]);
  expect(ancestorsOf(ROOTS, "trace")).toEqual([]);
});
