import { render, screen, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { useState } from "react";
import { expect, test } from "vitest";
import { SpanExplorer } from "@/features/spans/SpanExplorer";
import type { TreeEntry } from "@/features/spans/SpanTreeRow";
import type { SpanView } from "@/features/spans/spanView";
import type { TraceSpan } from "@/features/spans/useTraceSpans";
import { fakeServer } from "@/testing/fakeServer";

const at = (seconds: number) => new Date(seconds * 1000).toISOString();
const span = (id: string, parentSpanId: string | null, start: number, end: number, more: object = {}): TraceSpan => ({
  id,
  parentSpanId,
  name: id,
  type: "GENERAL",
  startTime: at(start),
  endTime: at(end),
  durationMs: (end - start) * 1000,
  totalTokens: null,
  cost: null,
  model: null,
  provider: null,
  error: null,
  ...more,
});
const trace: TreeEntry = { ...span("agent", null, 0, 10), type: "TRACE" };
const SPANS = [
  span("plan", null, 0, 2, { type: "LLM", model: "gpt", cost: 0.5 }),
  span("steps", null, 2, 9),
  span("look up", "steps", 2, 4, { type: "TOOL" }),
  span("refund", "steps", 4, 9, { type: "TOOL", error: { exceptionType: "ToolError" } }),
];
const NO_NAMES = { usage: [], scores: [], spanScores: [], guardrails: [], __typename: "StatisticsNames" };
const server = fakeServer({
  RecordedNames: () => ({ data: { statisticsNames: NO_NAMES, facets: [] } }),
  StepOfTrace: () => ({ data: { trace: { __typename: "Trace", id: "agent", input: '"Refund?"', output: '"Yes."' } } }),
  StepOfSpan: ({ id }) => ({
    data: { span: { __typename: "Span", id, input: `"given to ${id}"`, output: `"said by ${id}"`, error: null } },
  }),
});

function Story() {
  const [view, setView] = useState<SpanView>("tree");
  const [selectedId, setSelectedId] = useState("agent");
  const rest = {
    totalCount: 4,
    hasMore: false,
    isLoading: false,
    failure: null,
    revision: 0,
    onMore: () => {},
    onRetry: () => {},
  };
  return server.wrap(
    <SpanExplorer
      projectId="p1"
      trace={trace}
      spans={{ spans: SPANS, ...rest }}
      view={view}
      selectedId={selectedId}
      onSelect={setSelectedId}
      onView={setView}
    />,
  );
}
const chosen = () => screen.getByRole("treeitem", { selected: true }).getAttribute("aria-label");

test("number keys change the view, and what is chosen stays chosen", async () => {
  const user = userEvent.setup();
  render(<Story />);
  await user.click(within(screen.getByRole("tree", { name: "Spans of the trace" })).getByText("look up"));
  await user.keyboard("2");
  expect(screen.getByRole("tree", { name: "Spans over time" })).toBeTruthy();
  expect(chosen()).toBe("look up, 2.00 s");
  await user.keyboard("3");
  const flame = screen.getByRole("tree", { name: "Spans as a flame chart" });
  expect(chosen()).toBe("look up, 2.00 s");
  flame.focus();
  await user.keyboard("{ArrowRight}");
  expect(chosen()).toBe("refund, 5.00 s, failed");
  await user.keyboard("{ArrowUp}");
  expect(chosen()).toBe("steps, 7.00 s");
  await user.keyboard("1");
  expect(chosen()).toBe("steps, 7.00 s");
});

test("the transcript tells what was asked, said by models and tools, and answered", async () => {
  const user = userEvent.setup();
  render(<Story />);
  await user.click(screen.getByRole("radio", { name: "Transcript" }));
  expect(await screen.findByText("Refund?")).toBeTruthy();
  const story = screen.getByRole("region", { name: "Transcript" });
  const names = within(story)
    .getAllByRole("article")
    .map((article) => article.getAttribute("aria-label"));
  expect(names).toEqual(["Asked", "plan", "look up", "refund", "Answered"]);
  expect(await within(story).findByText("said by look up")).toBeTruthy();
  expect(within(story).queryByText("given to plan")).toBeNull();
  expect(within(story).getByRole("article", { name: "refund" }).textContent).toContain("in steps");
  await user.type(screen.getByRole("combobox", { name: "Search spans" }), "plan");
  expect(within(story).getAllByRole("article")).toHaveLength(1);
});

test("the jump list leads to errors, slow and dear spans", async () => {
  const user = userEvent.setup();
  render(<Story />);
  await user.click(screen.getByRole("button", { name: "Jump to, 1 error" }));
  const menu = screen.getByRole("menu", { name: /Jump to/ });
  expect(
    within(menu)
      .getAllByRole("group")
      .map((group) => group.textContent),
  ).toEqual([
    expect.stringContaining("Errors"),
    expect.stringContaining("Slowest"),
    expect.stringContaining("Most expensive"),
  ]);
  await user.click(within(menu).getByRole("menuitem", { name: /ToolError/ }));
  expect(chosen()).toBe("refund, 5.00 s, failed");
});

test("the handles of the map narrow the time that is shown, and one press shows all again", async () => {
  const user = userEvent.setup();
  render(<Story />);
  await user.keyboard("3");
  expect(screen.getAllByRole("treeitem")).toHaveLength(5);
  screen.getByRole("slider", { name: /Shown from/ }).focus();
  await user.keyboard("{PageUp}{PageUp}{PageUp}");
  expect(screen.queryByRole("treeitem", { name: /plan/ })).toBeNull();
  await user.click(screen.getByRole("button", { name: "Show all" }));
  expect(screen.getByRole("treeitem", { name: /plan/ })).toBeTruthy();
});

test("braces lead from sibling to sibling, and the focus goes along", async () => {
  const user = userEvent.setup();
  render(<Story />);
  await user.click(screen.getByRole("treeitem", { name: /^plan/ }));
  await user.keyboard("}");
  expect(chosen()).toMatch(/^steps/);
  await user.keyboard("{ArrowDown}}");
  expect(chosen()).toMatch(/^refund/);
  expect(document.activeElement?.getAttribute("aria-label")).toMatch(/^refund/);
  await user.keyboard("}");
  expect(chosen()).toMatch(/^refund/);
  await user.keyboard("{{");
  expect(chosen()).toMatch(/^look up/);
});
