import { act, render, screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { createRef } from "react";
import { expect, test, vi } from "vitest";
import type { LogsTableHandle } from "@/entities/logs/LogsTable";
import type { LogsSearch } from "@/entities/logs/logsSearch";
import { ThreadLogs } from "@/features/threads/ThreadLogs";
import { fakeServer } from "@/testing/fakeServer";

const thread = (threadId: string, startTime: string, change: object = {}) => ({
  __typename: "Thread",
  id: `id of ${threadId}`,
  threadId,
  status: "ACTIVE",
  startTime,
  endTime: startTime,
  durationMs: 1,
  firstMessagePreview: "Hi",
  lastMessagePreview: "Bye",
  traceCount: 2,
  spanCount: 4,
  llmSpanCount: 2,
  source: "sdk",
  tags: [],
  environment: null,
  totalTokens: 1,
  cost: 0.5,
  providers: [],
  feedbackScores: [],
  comments: [],
  createdBy: "admin",
  lastUpdatedAt: startTime,
  ...change,
});
const [OLD, NEW] = [thread("old", "2026-01-01T00:00:00Z"), thread("new", "2026-01-02T00:00:00Z")];
const LAST_PAGE = { endCursor: null, hasNextPage: false };
const SERVER = { position: "7" };
const NO_FIGURES = { LogsExtent: () => ({ data: { project: null } }) };
const page = (nodes: object[]) => () => ({
  data: { server: SERVER, project: { id: "p", threads: { nodes, pageInfo: LAST_PAGE, totalCount: nodes.length } } },
});
const told = (kind: string, changed: { id: string; status?: string }) => ({
  threadChanges: { position: "8", kind, id: changed.id, thread: kind === "DELETED" ? null : changed },
});

function show(server: ReturnType<typeof fakeServer>, search: LogsSearch = {}) {
  const callbacks = { onSearch: vi.fn(), onOpen: vi.fn(), onClose: vi.fn() };
  const table = createRef<LogsTableHandle>();
  render(server.wrap(<ThreadLogs projectId="p" projectName="demo" search={search} table={table} {...callbacks} />));
  return callbacks;
}
const names = () =>
  screen
    .getAllByRole("row")
    .slice(1)
    .map((row) => row.querySelector("strong")?.textContent);

test("threads are listed, followed from where they were read, and opened by their own id", async () => {
  const user = userEvent.setup();
  const server = fakeServer({ ...NO_FIGURES, ThreadsPage: page([NEW, OLD]) });
  const { onOpen } = show(server);
  await screen.findByRole("row", { name: /new active/ });
  await waitFor(() => expect(server.lastAsked("ThreadChanges")).toMatchObject({ after: "7" }));
  act(() => server.tell("ThreadChanges", told("UPSERTED", thread("newest", "2026-01-03T00:00:00Z"))));
  act(() => server.tell("ThreadChanges", told("UPSERTED", { ...NEW, status: "INACTIVE" })));
  act(() => server.tell("ThreadChanges", told("DELETED", OLD)));
  await waitFor(() => expect(names()).toEqual(["newest", "new"]));
  await user.click(screen.getByRole("row", { name: /new inactive/ }));
  expect(onOpen).toHaveBeenCalledWith("id of new");
});

test("what was said is found in traces and spans, and stands for its thread, the best hit first", async () => {
  const snippets = (text: string) => [{ field: "input", text, highlights: [{ start: 0, end: 2 }] }];
  const trace = (threadId: string | null) => ({ __typename: "Trace", id: "t", name: "agent", threadId });
  const span = { __typename: "Span", id: "s", name: "answer" };
  const nodes = [
    { trace: trace("old"), span, snippets: snippets("first") },
    { trace: trace(null), span: null, snippets: snippets("of no thread") },
    { trace: trace("new"), span: null, snippets: snippets("second") },
    { trace: trace("old"), span: null, snippets: snippets("third") },
    { trace: null, span, snippets: snippets("of no trace yet") },
  ];
  const found = { nodes, pageInfo: LAST_PAGE, totalCount: nodes.length };
  const server = fakeServer({
    ...NO_FIGURES,
    ThreadSearchPage: () => ({ data: { server: SERVER, search: found } }),
    FoundThreads: page([NEW, OLD]),
  });
  show(server, { q: "words", filter: "status:active" });
  await screen.findByText("answer › input");
  expect(names()).toEqual(["old", "new"]);
  const hits = screen.getAllByRole("list", { name: "Why it matches" }).map((list) => list.textContent);
  expect(hits).toEqual(["answer › inputfirstagent › inputthird", "agent › inputsecond"]);
  const filter = 'thread_id:="old" OR thread_id:="new"';
  expect(server.lastAsked("FoundThreads")).toMatchObject({ filter, first: 2 });
});

test("a thread that ceases to match the filter leaves the list, one that still matches stays", async () => {
  const server = fakeServer({
    ...NO_FIGURES,
    ThreadsPage: page([NEW, OLD]),
    StillMatchingThreads: page([NEW]),
  });
  show(server, { filter: "status:active" });
  await screen.findByRole("row", { name: /old/ });
  await waitFor(() => expect(server.lastAsked("ThreadTouches")).toBeDefined());
  act(() => {
    for (const changed of [NEW, OLD]) server.tell("ThreadTouches", told("UPSERTED", changed));
  });
  await waitFor(() => expect(names()).toEqual(["new"]));
  const filter = "(status:active) AND (id:id of new OR id:id of old)";
  expect(server.lastAsked("StillMatchingThreads")).toMatchObject({ filter });
});

test("a thread that is taken out of the queue that is asked for leaves the list", async () => {
  const server = fakeServer({ ...NO_FIGURES, ThreadsPage: page([NEW, OLD]) });
  show(server, { filter: "annotation_queue_id:q" });
  await screen.findByRole("row", { name: /new active/ });
  await waitFor(() => expect(server.lastAsked("ThreadChanges")).toBeDefined());
  act(() => server.tell("ThreadChanges", told("LEFT", NEW)));
  await waitFor(() => expect(names()).toEqual(["old"]));
});

test("only what is active can be closed, and only what is not reopened", async () => {
  const user = userEvent.setup();
  const server = fakeServer({
    ...NO_FIGURES,
    ThreadsPage: page([NEW, { ...OLD, status: "INACTIVE" }]),
    CloseThreads: () => ({ data: { closeThreads: [] } }),
  });
  show(server);
  await screen.findByRole("row", { name: /old inactive/ });
  await user.click(screen.getByRole("checkbox", { name: "Select old" }));
  expect(screen.getByRole("button", { name: "Close" })).toHaveProperty("disabled", true);
  await user.click(screen.getByRole("checkbox", { name: "Select new" }));
  await user.click(screen.getByRole("button", { name: "Close" }));
  await waitFor(() => expect(server.lastAsked("CloseThreads")).toMatchObject({ ids: ["id of new"] }));
});
