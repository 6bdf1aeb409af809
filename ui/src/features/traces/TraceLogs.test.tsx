import { act, render, screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { GraphQLError } from "graphql";
import { createRef } from "react";
import { expect, test, vi } from "vitest";
import type { LogsTableHandle } from "@/entities/logs/LogsTable";
import type { LogsSearch } from "@/entities/logs/logsSearch";
import { TraceLogs } from "@/features/traces/TraceLogs";
import { fakeServer } from "@/testing/fakeServer";

const trace = (id: string, startTime: string, change: object = {}) => ({
  __typename: "Trace",
  id,
  name: `trace ${id}`,
  startTime,
  endTime: startTime,
  durationMs: 1,
  inputPreview: "in",
  outputPreview: "out",
  values: [],
  tags: [],
  threadId: null,
  environment: null,
  source: null,
  error: null,
  totalTokens: 1,
  cost: 0.5,
  spanCount: 1,
  llmSpanCount: 0,
  providers: [],
  feedbackScores: [],
  createdBy: "admin",
  lastUpdatedAt: startTime,
  ...change,
});
const SERVER = { position: "7" };
const page = (nodes: object[], next: string | null = null) => ({
  data: {
    server: SERVER,
    project: {
      id: "p",
      traces: { nodes, pageInfo: { endCursor: next, hasNextPage: next !== null }, totalCount: nodes.length },
    },
  },
});
const TWO_WORDS = { value: "two words", from: null, to: null, filter: 'tags = "two words"', count: 3 };
const NO_NAMES = { usage: [], scores: [], spanScores: [], guardrails: [] };
const NO_FIGURES = {
  DerivedColumns: () => ({ data: { derivedColumns: [] } }),
  LogsExtent: () => ({ data: { project: null } }),
  RecordedNames: () => ({ data: { statisticsNames: NO_NAMES, facets: [] } }),
  FieldFacts: ({ field }: Record<string, unknown>) => {
    const values = field === "tags" ? [TWO_WORDS] : [];
    return { data: { facets: [{ field, values, missing: 0, others: 0 }] } };
  },
};
const told = (kind: string, changed: { id: string }) => ({
  traceChanges: { position: "8", kind, traceId: changed.id, trace: kind === "DELETED" ? null : changed },
});

function show(server: ReturnType<typeof fakeServer>, search: LogsSearch = {}) {
  const callbacks = { onSearch: vi.fn(), onOpen: vi.fn(), onClose: vi.fn() };
  const table = createRef<LogsTableHandle>();
  render(server.wrap(<TraceLogs projectId="p" projectName="demo" search={search} table={table} {...callbacks} />));
  return callbacks;
}
const names = () =>
  screen
    .getAllByRole("row")
    .slice(1)
    .map((row) => row.querySelector("strong")?.textContent);

test("traces are listed and followed from where they were read", async () => {
  const server = fakeServer({
    ...NO_FIGURES,
    TracesPage: () => page([trace("b", "2026-01-02T00:00:00Z"), trace("a", "2026-01-01T00:00:00Z")]),
  });
  show(server);
  await screen.findByRole("row", { name: /trace b/ });
  expect(names()).toEqual(["trace b", "trace a"]);
  await waitFor(() => expect(server.lastAsked("TraceChanges")).toMatchObject({ projectId: "p", after: "7" }));
  act(() => server.tell("TraceChanges", told("UPSERTED", trace("c", "2026-01-03T00:00:00Z"))));
  act(() => server.tell("TraceChanges", told("DELETED", trace("a", ""))));
  await waitFor(() => expect(names()).toEqual(["trace c", "trace b"]));
});

test("while paused new traces wait behind a button", async () => {
  const user = userEvent.setup();
  const server = fakeServer({
    ...NO_FIGURES,
    TracesPage: () => page([trace("a", "2026-01-01T00:00:00Z")]),
  });
  show(server);
  await screen.findByRole("row", { name: /trace a/ });
  await user.click(screen.getByRole("button", { name: "Live", pressed: true }));
  act(() => server.tell("TraceChanges", told("UPSERTED", trace("b", "2026-01-02T00:00:00Z"))));
  const pill = await screen.findByRole("button", { name: "1 new" });
  expect(names()).toEqual(["trace a"]);
  await user.click(pill);
  expect(names()).toEqual(["trace b", "trace a"]);
});

test("a refused filter is explained beside its box", async () => {
  const refusal = new GraphQLError("`cots` is not a field of traces", {
    extensions: { code: "BAD_FILTER", at: 0, length: 4, suggestion: "cost" },
  });
  const server = fakeServer({ ...NO_FIGURES, TracesPage: () => ({ error: refusal }) });
  show(server, { filter: "cots > 1" });
  const alert = await screen.findByRole("alert");
  expect(alert.textContent).toContain("try `cost`");
  expect(alert.querySelector("u")?.textContent).toBe("cots");
  const box = screen.getByRole("combobox", { name: "Filter" });
  expect(box.getAttribute("aria-describedby")).toBe(alert.id);
});

test("a refused search is explained beside its box", async () => {
  const refusal = new GraphQLError("the closing quote is missing", { extensions: { code: "BAD_FILTER", at: 2 } });
  show(fakeServer({ ...NO_FIGURES, TraceSearchPage: () => ({ error: refusal }) }), {
    q: 'a "b',
  });
  const alert = await screen.findByRole("alert");
  expect(alert.textContent).toContain("the closing quote is missing");
  expect(screen.getByRole("searchbox", { name: "Search" }).getAttribute("aria-describedby")).toBe(alert.id);
  expect(screen.getByRole("combobox", { name: "Filter" }).getAttribute("aria-describedby")).toBeNull();
  expect(screen.queryByRole("button", { name: "Try again" })).toBeNull();
});

test("a trace that ceases to match the filter leaves the list, one that still matches stays", async () => {
  const server = fakeServer({
    ...NO_FIGURES,
    TracesPage: () => page([trace("b", "2026-01-02T00:00:00Z"), trace("a", "2026-01-01T00:00:00Z")]),
    StillMatching: () => ({ data: { project: { id: "p", traces: { nodes: [{ id: "a" }] } } } }),
  });
  show(server, { filter: "error:true OR cost > 1" });
  await screen.findByRole("row", { name: /trace b/ });
  await waitFor(() => expect(server.lastAsked("TraceTouches")).toBeDefined());
  for (const traceId of ["a", "b", "elsewhere"]) {
    act(() => server.tell("TraceTouches", { traceChanges: { position: "8", kind: "UPSERTED", traceId } }));
  }
  await waitFor(() => expect(names()).toEqual(["trace a"]));
  const filter = "(error:true OR cost > 1) AND (id:a OR id:b)";
  expect(server.lastAsked("StillMatching")).toMatchObject({ projectId: "p", filter, first: 2 });
});

test("a trace that is taken out of the experiment that is asked for leaves the list", async () => {
  const [gone, kept] = [trace("b", "2026-01-02T00:00:00Z"), trace("a", "2026-01-01T00:00:00Z")];
  const server = fakeServer({ ...NO_FIGURES, TracesPage: () => page([gone, kept]) });
  show(server, { filter: "experiment_id:e" });
  await screen.findByRole("row", { name: /trace b/ });
  await waitFor(() => expect(server.lastAsked("TraceChanges")).toBeDefined());
  act(() => server.tell("TraceChanges", told("LEFT", gone)));
  await waitFor(() => expect(names()).toEqual(["trace a"]));
});

test("a column is made wider and set back by keyboard", async () => {
  const user = userEvent.setup();
  show(fakeServer({ ...NO_FIGURES, TracesPage: () => page([trace("a", "2026-01-01T00:00:00Z")]) }));
  const grip = () => screen.getByRole("separator", { name: "Width of Name" });
  await screen.findByRole("row", { name: /trace a/ });
  const width = Number(grip().getAttribute("aria-valuenow"));
  grip().focus();
  await user.keyboard("{ArrowRight}{ArrowRight}{ArrowLeft}");
  expect(Number(grip().getAttribute("aria-valuenow"))).toBe(width + 16);
  await user.keyboard("{Enter}");
  expect(Number(grip().getAttribute("aria-valuenow"))).toBe(width);
});

test("a column is moved by keyboard, stays there, and is set back with the others", async () => {
  const user = userEvent.setup();
  const server = fakeServer({
    ...NO_FIGURES,
    TracesPage: () => page([trace("a", "2026-01-01T00:00:00Z")]),
  });
  show(server);
  await screen.findByRole("row", { name: /trace a/ });
  const heads = () =>
    screen
      .getAllByRole("columnheader")
      .slice(1)
      .map((head) => head.getAttribute("aria-label"));
  expect(heads().slice(0, 3)).toEqual(["Name", "Start", "Input"]);
  screen.getByRole("separator", { name: "Width of Name" }).focus();
  await user.keyboard("{Shift>}{ArrowRight}{ArrowRight}{ArrowLeft}{/Shift}");
  expect(heads().slice(0, 3)).toEqual(["Start", "Name", "Input"]);
  expect(JSON.parse(localStorage.getItem("cairn.traces.order") ?? "[]").slice(0, 2)).toEqual(["start", "name"]);
  await user.click(screen.getByRole("button", { name: "Columns" }));
  await user.click(screen.getByRole("menuitem", { name: "Reset columns" }));
  expect(heads().slice(0, 3)).toEqual(["Name", "Start", "Input"]);
});

test("a search says why each trace is there, one row for each trace", async () => {
  const hit = (spanName: string | null, text: string) => ({
    traceId: "a",
    trace: trace("a", "2026-01-01T00:00:00Z"),
    span: spanName && { id: "s", name: spanName },
    snippets: [{ field: "output", text, highlights: [{ start: 0, end: 6 }] }],
  });
  const nodes = [hit(null, "refund soon"), hit("answer", "refund now")];
  const search = { nodes, pageInfo: { endCursor: null, hasNextPage: false }, totalCount: 2 };
  show(fakeServer({ ...NO_FIGURES, TraceSearchPage: () => ({ data: { server: SERVER, search } }) }), {
    q: "refund",
  });
  const row = await screen.findByRole("row", { name: /trace a/ });
  expect(screen.getAllByRole("row")).toHaveLength(2);
  expect([...row.querySelectorAll("mark")].map((mark) => mark.textContent)).toEqual(["refund", "refund"]);
  expect(row.textContent).toContain("answer › output");
});

test("a failure can be tried again, and an empty project says how to fill it", async () => {
  const user = userEvent.setup();
  let isUp = false;
  const server = fakeServer({
    ...NO_FIGURES,
    TracesPage: () => (isUp ? page([]) : { error: new Error("connection refused") }),
  });
  show(server);
  expect((await screen.findByRole("alert")).textContent).toContain("connection refused");
  isUp = true;
  await user.click(screen.getByRole("button", { name: "Try again" }));
  expect(await screen.findByRole("heading", { name: "No traces yet" })).toBeTruthy();
  expect(screen.getByRole("region", { name: "Install the Opik SDK" }).textContent).toBe("pip install opik");
});

test("keys move through the rows and open them", async () => {
  const user = userEvent.setup();
  const server = fakeServer({
    ...NO_FIGURES,
    TracesPage: () => page([trace("b", "2026-01-02T00:00:00Z"), trace("a", "2026-01-01T00:00:00Z")]),
  });
  const { onOpen, onSearch } = show(server);
  await screen.findByRole("row", { name: /trace b/ });
  await user.keyboard("jj");
  await waitFor(() => expect(document.activeElement?.textContent).toContain("trace a"));
  await user.keyboard("{Enter}");
  expect(onOpen).toHaveBeenCalledWith("a", null);
  await user.keyboard("f");
  await user.keyboard("error:true{Enter}");
  expect(onSearch).toHaveBeenCalledWith({ filter: "error:true" });
});

test("the next page is read when the end comes near", async () => {
  const server = fakeServer({
    ...NO_FIGURES,
    TracesPage: ({ after }) =>
      after ? page([trace("a", "2026-01-01T00:00:00Z")]) : page([trace("b", "2026-01-02T00:00:00Z")], "cursor"),
  });
  show(server);
  await waitFor(() => expect(names()).toEqual(["trace b", "trace a"]));
});

test("the filter is completed while it is written, and shown as chips that can be taken away", async () => {
  const user = userEvent.setup();
  const server = fakeServer({
    ...NO_FIGURES,
    TracesPage: () => page([trace("a", "2026-01-01T00:00:00Z")]),
  });
  const { onSearch } = show(server, { filter: "cost > 1 AND error:true" });
  await screen.findByRole("row", { name: /trace a/ });
  const chips = within(screen.getByRole("list", { name: "Filters" })).getAllByRole("listitem");
  expect(chips.map((chip) => chip.textContent)).toEqual(["cost > 1", "error:true"]);
  await user.click(screen.getByRole("button", { name: "Remove filter cost > 1" }));
  expect(onSearch).toHaveBeenLastCalledWith({ filter: "error:true" });

  const box = screen.getByRole("combobox", { name: "Filter" });
  await user.clear(box);
  await user.type(box, "tag");
  expect(screen.getByRole("option", { name: /^tags/ })).toBeTruthy();
  await user.keyboard("{ArrowDown}{Enter}");
  expect(box).toHaveProperty("value", "tags:");
  await user.click(await screen.findByRole("option", { name: /two words.*3 traces/ }));
  expect(box).toHaveProperty("value", 'tags = "two words" ');
  await user.keyboard("{Escape}{Enter}");
  expect(onSearch).toHaveBeenLastCalledWith({ filter: 'tags = "two words"' });
});
