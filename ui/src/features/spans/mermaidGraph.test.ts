import { expect, test } from "vitest";
import { parseMermaid } from "@/features/spans/mermaidGraph";

const AGENT = `---
config:
  flowchart:
    curve: linear
---
graph TD;
	__start__([<p>__start__</p>]):::first
	agent(agent)
	tools(look up)
	__end__([<p>__end__</p>]):::last
	__start__ --> agent;
	agent -. &nbsp;continue&nbsp; .-> tools;
	agent -.-> __end__;
	tools --> agent;
	classDef default fill:#f2f0ff,line-height:1.2
	classDef first fill-opacity:0
	classDef last fill:#bfb6fc
`;

const edges = (text: string) =>
  parseMermaid(text)?.edges.map(({ from, to, label, isDotted }) => [from, to, label, isDotted].join("|"));

test("the graph of an agent as its client records it", () => {
  expect(parseMermaid(AGENT)).toEqual({
    isSideways: false,
    nodes: [
      { id: "__start__", label: "__start__" },
      { id: "agent", label: "agent" },
      { id: "tools", label: "look up" },
      { id: "__end__", label: "__end__" },
    ],
    edges: [
      { from: "__start__", to: "agent", label: "", isDotted: false },
      { from: "agent", to: "tools", label: "continue", isDotted: true },
      { from: "agent", to: "__end__", label: "", isDotted: true },
      { from: "tools", to: "agent", label: "", isDotted: false },
    ],
  });
});

test("settings in front, names with escapes, and subgraphs without their frames", () => {
  const text = `%%{init: {'flowchart': {'curve': 'linear'}}}%%
flowchart LR
  subgraph research
    research\\3asearch(search):::other
    research\\3asearch --> research\\3aread
  end
  research\\3aread --> write`;
  expect(parseMermaid(text)).toEqual({
    isSideways: true,
    nodes: [
      { id: "research:search", label: "search" },
      { id: "research:read", label: "research:read" },
      { id: "write", label: "write" },
    ],
    edges: [
      { from: "research:search", to: "research:read", label: "", isDotted: false },
      { from: "research:read", to: "write", label: "", isDotted: false },
    ],
  });
});

test("chains, groups, and labels behind and within", () => {
  expect(edges("graph TD\na --> b --> c")).toEqual(["a|b||false", "b|c||false"]);
  expect(edges("graph TD\na & b --> c & d")).toEqual(["a|c||false", "a|d||false", "b|c||false", "b|d||false"]);
  expect(edges("graph TD\na -->|yes, please| b\na -- no --> c\na == surely ==> d\na --- e")).toEqual([
    "a|b|yes, please|false",
    "a|c|no|false",
    "a|d|surely|false",
    "a|e||false",
  ]);
  expect(edges("graph TD; a-->b; b-.->a-c")).toEqual(["a|b||false", "b|a-c||true"]);
});

test("shapes of all kinds give their words", () => {
  const text = 'graph TD\na["with (brackets)"] --> b{ask?}\nb --> c((done))\nc --> d[(store)]\nd --> e[[part<br/>two]]';
  expect(parseMermaid(text)?.nodes.map(({ label }) => label)).toEqual([
    "with (brackets)",
    "ask?",
    "done",
    "store",
    "part two",
  ]);
});

test("what is no flowchart is none", () => {
  for (const text of ["", "sequenceDiagram\nA->>B: hello", "graph TD", "<script>alert(1)</script>", "graph TD\n-->"]) {
    expect(parseMermaid(text)).toBe(null);
  }
});
