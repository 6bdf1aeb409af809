import { createMemoryHistory, createRootRoute, createRouter, RouterProvider } from "@tanstack/react-router";
import { act, render, screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { GraphQLError } from "graphql";
import { useState } from "react";
import { expect, test, vi } from "vitest";
import { Projects, type ProjectsSearch } from "@/features/projects/Projects";
import { fakeServer } from "@/testing/fakeServer";

const project = (id: string, traceCount: number) => ({
  id,
  name: `project ${id}`,
  description: null,
  traceCount,
  lastUpdatedTraceAt: null,
  lastUpdatedAt: "2026-01-01T00:00:00Z",
  createdAt: "2026-01-01T00:00:00Z",
  createdBy: "admin",
});
const page = (nodes: object[]) => ({
  data: {
    server: { position: "3" },
    projects: { nodes, pageInfo: { endCursor: null, hasNextPage: false }, totalCount: nodes.length },
  },
});
const answers = (nodes: () => object[]) => ({
  ProjectsPage: () => page(nodes()),
  ProjectFigures: () => ({ data: { projects: { nodes: [], pageInfo: { endCursor: null, hasNextPage: false } } } }),
});
const told = (changed: { id: string }) => ({
  projectChanges: { position: "4", kind: "UPSERTED", projectId: changed.id, project: changed },
});

function show(server: ReturnType<typeof fakeServer>) {
  const callbacks = { onProjectOpen: vi.fn() };
  const Story = () => {
    const [search, setSearch] = useState<ProjectsSearch>({});
    return <Projects workspace="default" search={search} onSearch={setSearch} {...callbacks} />;
  };
  const rootRoute = createRootRoute({ component: Story });
  const router = createRouter({ routeTree: rootRoute, history: createMemoryHistory() });
  // The links of this page lead to routes that are the application's, not the test's.
  render(server.wrap(<RouterProvider router={router as never} />));
  return callbacks;
}

test("a project without traces turns the instructions into the list, and one with a first trace is opened", async () => {
  let nodes: object[] = [];
  let known: object[] = [];
  const server = fakeServer({ ...answers(() => nodes), KnownProjects: () => page(known) });
  const { onProjectOpen } = show(server);
  expect(await screen.findByRole("heading", { name: "Send your first trace" })).toBeTruthy();
  await waitFor(() => expect(server.lastAsked("Arrivals")).toBeDefined());
  known = [{ ...project("b", 1), lastUpdatedTraceAt: "2026-01-02T00:00:00Z" }];
  act(() => server.tell("Arrivals", { projectChanges: { position: "4" } }));
  await waitFor(() => expect(onProjectOpen).toHaveBeenCalledWith("b"));
  nodes = [project("a", 0)];
  act(() => server.tell("ProjectChanges", told(project("a", 0))));
  expect(await screen.findByRole("link", { name: "project a" })).toBeTruthy();
});

test("counts of listed projects follow without reading the list again", async () => {
  const server = fakeServer(answers(() => [project("a", 1), project("b", 2)]));
  show(server);
  await screen.findByRole("link", { name: "project a" });
  const reads = () => server.asked.filter(({ name }) => name === "ProjectsPage").length;
  const before = reads();
  act(() => server.tell("ProjectChanges", told(project("a", 1_234))));
  expect(await screen.findByRole("cell", { name: "1,234" })).toBeTruthy();
  expect(reads()).toBe(before);
});

test("a refused name is explained in the dialog, a good one opens the project", async () => {
  const user = userEvent.setup();
  const server = fakeServer({
    ...answers(() => [project("a", 1)]),
    CreateProject: ({ input }) =>
      (input as { name: string }).name === "new"
        ? { data: { createProject: { id: "n" } } }
        : { error: new GraphQLError("project `taken` already exists") },
  });
  const { onProjectOpen } = show(server);
  await user.click(await screen.findByRole("button", { name: "New project" }));
  const name = screen.getByRole("textbox", { name: "Name" });
  await user.type(name, "taken{Enter}");
  expect((await screen.findByRole("alert")).textContent).toContain("already exists");
  await user.clear(name);
  await user.type(name, "new{Enter}");
  await waitFor(() => expect(onProjectOpen).toHaveBeenCalledWith("n"));
});
