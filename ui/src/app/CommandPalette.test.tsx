import {
  createMemoryHistory,
  createRootRoute,
  createRoute,
  createRouter,
  type RegisteredRouter,
  RouterProvider,
} from "@tanstack/react-router";
import { render, screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { useState } from "react";
import { expect, test } from "vitest";
import { CommandPalette } from "@/app/CommandPalette";
import { useChord } from "@/lib/hotkeys";
import { rememberPlace } from "@/lib/recents";
import { fakeServer } from "@/testing/fakeServer";

const TRACE_ID = "01890000-0000-7000-8000-00000000000a";
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
const shown = (field: string, text: string) => ({ field, text, highlights: [{ start: 0, end: 4 }] });
const GREETING = {
  ...NO_OTHER,
  kind: "PROMPT_VERSION",
  id: "id-version",
  prompt: { __typename: "Prompt", id: "id-greeting", name: "greeting", projectId: "id-shop" },
  promptVersion: { __typename: "PromptVersion", id: "id-version", number: 3 },
  snippets: [shown("template", "Ahoy, {{name}}")],
};
const REMARK = {
  ...NO_OTHER,
  kind: "COMMENT",
  id: "id-remark",
  thread: { __typename: "Thread", id: "id-talk", threadId: "talk", projectId: "id-shop" },
  snippets: [shown("text", "Ahoy, he says")],
};
const server = fakeServer({
  ProjectMatches: ({ name }) => ({
    data: {
      projects: {
        nodes: ["shop", "support"]
          .filter((project) => project.includes(String(name ?? "")))
          .map((project) => ({ __typename: "Project", id: `id-${project}`, name: project })),
      },
    },
  }),
  PromptMatches: () => ({ data: { prompts: { nodes: [] } } }),
  DatasetMatches: () => ({ data: { datasets: { nodes: [] } } }),
  ExperimentMatches: () => ({ data: { experiments: { nodes: [] } } }),
  DashboardMatches: () => ({ data: { dashboards: { nodes: [] } } }),
  TraceMatches: () => ({ data: { search: { nodes: [] } } }),
  SearchMatches: ({ text }) => ({ data: { search: { nodes: text === "ahoy" ? [GREETING, REMARK] : [] } } }),
  PlaceOfId: ({ id }) => ({
    data: { trace: { __typename: "Trace", id, name: "agent", projectId: "id-shop" }, span: null },
  }),
});

function Story() {
  const [isOpen, setOpen] = useState(false);
  useChord("k", () => setOpen(!isOpen));
  return (
    <>
      <p>a page</p>
      <CommandPalette isOpen={isOpen} onOpenChange={setOpen} onKeys={() => {}} />
    </>
  );
}

function show(path: string) {
  const rootRoute = createRootRoute({ component: Story });
  const route = createRoute({ getParentRoute: () => rootRoute, path: "$workspace/projects/$projectId/$" });
  const history = createMemoryHistory({ initialEntries: [path] });
  const router = createRouter({ routeTree: rootRoute.addChildren([route]), history });
  // The routes of the test are not those of the application.
  render(server.wrap(<RouterProvider router={router as unknown as RegisteredRouter} />));
  return () => history.location.href;
}
const names = () => screen.getAllByRole("menuitem").map((item) => item.textContent?.trim());

test("a few letters lead to a project", async () => {
  const user = userEvent.setup();
  const address = show("/default/projects/p/logs");
  await screen.findByText("a page");
  await user.keyboard("{Control>}k{/Control}");
  await user.type(await screen.findByRole("searchbox", { name: "Go to or do" }), "supp");
  await waitFor(() =>
    expect(names()).toEqual(["support", "Search this project for “supp”", "Search everything for “supp”"]),
  );
  await user.click(screen.getByRole("menuitem", { name: "support" }));
  await waitFor(() => expect(address()).toBe("/default/projects/id-support/home"));
  expect(screen.queryByRole("dialog")).toBeNull();
});

test("what is written anywhere is found by its words and leads to where it stands", async () => {
  const user = userEvent.setup();
  const address = show("/default/projects/p/logs");
  await screen.findByText("a page");
  await user.keyboard("{Control>}k{/Control}");
  await user.type(await screen.findByRole("searchbox", { name: "Go to or do" }), "ahoy");
  const found = within(await screen.findByRole("group", { name: "Found in texts" }));
  const said = found.getAllByRole("menuitem").map((item) => item.textContent?.replace(/\s+/g, " ").trim());
  expect(said).toEqual(["greeting v3Earlier version · Ahoy, {{name}}", "talkComment · Ahoy, he says"]);
  // Traces of the project in view are asked for by themselves.
  expect(server.lastAsked("SearchMatches")).toMatchObject({ text: "ahoy" });
  expect(server.lastAsked("SearchMatches")?.kinds).not.toContain("TRACE");
  await user.click(found.getByRole("menuitem", { name: /greeting/ }));
  await waitFor(() => expect(address()).toBe("/default/projects/id-shop/prompts/id-greeting?version=id-version"));
});

test("an ID leads to its trace, and where one has been is offered again", async () => {
  const user = userEvent.setup();
  rememberPlace({ href: "/default/projects/id-old/logs", label: "an old friend", kind: "project" });
  const address = show("/default/projects/p/logs");
  await screen.findByText("a page");
  await user.keyboard("{Meta>}k{/Meta}");
  const palette = await screen.findByRole("dialog", { name: "Command palette" });
  expect(within(palette).getByRole("menuitem", { name: "an old friend" })).toBeTruthy();
  await user.type(within(palette).getByRole("searchbox"), TRACE_ID);
  await user.click(await screen.findByRole("menuitem", { name: "Trace agent" }));
  await waitFor(() => expect(address()).toBe(`/default/projects/id-shop/traces/${TRACE_ID}`));
});
