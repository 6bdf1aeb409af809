import {
  createMemoryHistory,
  createRootRoute,
  createRouter,
  type RegisteredRouter,
  RouterProvider,
} from "@tanstack/react-router";
import { render, screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { useState } from "react";
import { expect, test } from "vitest";
import { type Asked, SearchView } from "@/features/search/SearchView";
import { fakeServer } from "@/testing/fakeServer";

const NO_OTHER = {
  __typename: "SearchHit",
  traceId: null,
  trace: null,
  span: null,
  thread: null,
  prompt: null,
  promptVersion: null,
  datasetVersion: null,
  dataset: null,
  experiment: null,
};
const snippet = (field: string, text: string, start: number, end: number) => ({
  __typename: "Snippet",
  field,
  text,
  highlights: [{ start, end }],
});
const dataset = { __typename: "Dataset", id: "d1", name: "pilots" };
const HITS = [
  { ...NO_OTHER, kind: "DATASET", id: "d1", dataset, snippets: [snippet("name", "pilots of the bay", 0, 6)] },
  { ...NO_OTHER, kind: "DATASET_ITEM", id: "i1", dataset, snippets: [snippet("data", "two pilots", 4, 10)] },
  {
    ...NO_OTHER,
    kind: "COMMENT",
    id: "c1",
    traceId: "t1",
    trace: { __typename: "Trace", id: "t1", name: "agent", projectId: "p1" },
    span: { __typename: "Span", id: "s1", name: "step", projectId: "p1" },
    snippets: [snippet("text", "ask the pilots", 8, 14)],
  },
];

const project = { __typename: "Project", id: "p1", name: "harbour" };

let unseen = 0;

const server = fakeServer({
  SearchedProjects: () => ({ data: { projects: { __typename: "ProjectConnection", nodes: [project] } } }),
  SearchList: ({ kinds, after }) => {
    const all = HITS.filter(({ kind }) => (kinds as string[]).includes(kind));
    const nodes = after ? all.slice(2) : all.slice(0, 2);
    const pageInfo = { __typename: "PageInfo", endCursor: "2", hasNextPage: !after && all.length > 2 };
    return { data: { search: { __typename: "SearchConnection", nodes, pageInfo, totalCount: all.length, unseen } } };
  },
});

function show(first: Asked) {
  function Story() {
    const [asked, setAsked] = useState(first);
    return <SearchView workspace="default" asked={asked} onAsked={setAsked} />;
  }
  const router = createRouter({
    routeTree: createRootRoute({ component: Story }),
    history: createMemoryHistory({ initialEntries: ["/"] }),
  });
  // The routes of the test are not those of the application.
  render(server.wrap(<RouterProvider router={router as unknown as RegisteredRouter} />));
}

const links = () => screen.getAllByRole("link").map((link) => [link.textContent, link.getAttribute("href")]);

test("hits of all kinds are listed with their snippets, each leading to where it stands", async () => {
  const user = userEvent.setup();
  show({ q: "pilots" });
  await screen.findByRole("list", { name: "Hits" });
  await user.click(screen.getByRole("button", { name: "Load more" }));
  await waitFor(() => expect(links()).toHaveLength(3));
  expect(links()).toEqual([
    ["pilots", "/default/datasets/d1/items"],
    ["pilots", "/default/datasets/d1/items?filter=id%3Ai1"],
    ["agent › step", "/default/projects/p1/traces/t1?span=s1"],
  ]);
  const marked = [...document.querySelectorAll("mark")].map((mark) => mark.textContent);
  expect(marked).toEqual(["pilots", "pilots", "pilots"]);
  expect(screen.queryByRole("button", { name: "Load more" })).toBeNull();
});

test("what is not searched yet is told, until it is", async () => {
  const user = userEvent.setup();
  unseen = 12_000;
  show({ q: "pilots" });
  await screen.findByText(/12,000 of the newest changes are not searched yet/);
  unseen = 0;
  await user.click(screen.getByRole("button", { name: "Search again" }));
  await waitFor(() => expect(screen.queryByText(/not searched yet/)).toBeNull());
  expect(screen.getByRole("list", { name: "Hits" })).toBeTruthy();
});

test("a search is narrowed to some kinds", async () => {
  const user = userEvent.setup();
  show({ q: "pilots" });
  await screen.findByRole("list", { name: "Hits" });
  await user.click(screen.getByRole("radio", { name: "Comments and reasons" }));
  await waitFor(() => expect(links().map(([name]) => name)).toEqual(["agent › step"]));
  expect(server.lastAsked("SearchList")?.kinds).toEqual(["COMMENT", "SCORE"]);
  await user.click(screen.getByRole("radio", { name: "Prompts" }));
  await screen.findByText("Nothing has these words");
});

test("nothing is asked until there are words", async () => {
  show({});
  await screen.findByText("What are you looking for?");
  expect(server.asked.some(({ variables }) => variables.text === "")).toBe(false);
});
