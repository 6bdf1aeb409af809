// Somebody forks a workspace, goes to the copy, changes it, and finds the other as it was.
import assert from "node:assert/strict";
import { test } from "node:test";
import { seriousViolations, useBrowser } from "./story.js";

let project;

const story = useBrowser(async (story) => {
  project = story.newName("shop");
  await story.createProject(project);
});

let page;
const fork = `fork-${Date.now().toString(36)}`;
const dialog = () => page.getByRole("dialog");
const table = () => page.getByRole("table", { name: "Workspaces" });
const newProject = async (name) => {
  await page.getByRole("button", { name: "New project" }).click();
  await dialog().getByLabel("Name").fill(name);
  await page.keyboard.press("Enter");
  await page.getByRole("heading", { name: /Logs|Send your first trace/ }).or(page.getByText("No traces yet")).first().waitFor();
};

test("the workspaces are listed, and a fork is made by keyboard", async () => {
  page = await story.open("/default/projects");
  await page.getByRole("button", { name: "Command palette" }).waitFor();
  await page.keyboard.press("Control+k");
  await page.getByRole("dialog", { name: "Command palette" }).waitFor();
  await page.keyboard.type("fork this");
  await page.getByRole("menuitem", { name: "Fork this workspace…" }).waitFor();
  await page.keyboard.press("Enter");
  await dialog().getByText("From then on it is independent").waitFor();
  await dialog().getByText("It takes a moment however much there is").waitFor();
  assert.deepEqual(await seriousViolations(page), []);
  await dialog().getByLabel("Name of the fork").fill("no such name!");
  await page.keyboard.press("Enter");
  await dialog().getByRole("alert").getByText("is no name for a workspace").waitFor();
  await page.reload();
  await dialog().getByLabel("Name of the fork").fill(fork);
  await page.keyboard.press("Enter");
  await dialog().getByRole("status").getByText(`${fork} is there`).waitFor();
  assert.match(await dialog().innerText(), /Shared\s+\d+ files[^]*Copied\s+\d+ files/);
  assert.deepEqual(await seriousViolations(page), []);
  await dialog().getByRole("link", { name: `Go to ${fork}` }).press("Enter");
  await page.getByRole("link", { name: project }).waitFor();
  assert.equal(new URL(page.url()).pathname, `/${fork}/projects`);
});

test("what is made in the fork is not seen in the other, live or after a reload", async () => {
  const colleague = await story.open("/default/projects");
  await colleague.getByRole("link", { name: project }).waitFor();
  await newProject("only here");
  await page.getByRole("link", { name: "Projects", exact: true }).first().click();
  await page.getByRole("link", { name: "only here" }).waitFor();
  await story.createProject("only there");
  await colleague.getByRole("link", { name: "only there" }).waitFor();
  await colleague.reload();
  await colleague.getByRole("link", { name: "only there" }).waitFor();
  assert.equal(await colleague.getByRole("link", { name: "only here" }).count(), 0);
  await page.reload();
  await page.getByRole("link", { name: "only here" }).waitFor();
  assert.equal(await page.getByRole("link", { name: "only there" }).count(), 0);
  await colleague.context().close();
});

test("one goes from one workspace to another and back", async () => {
  await page.getByRole("navigation", { name: "Main" }).getByRole("link", { name: "Workspaces" }).click();
  await table().getByRole("row", { name: new RegExp(`${fork}.*you are here`) }).waitFor();
  assert.deepEqual(await seriousViolations(page), []);
  await table().getByRole("link", { name: "default" }).click();
  await page.getByRole("link", { name: "only there" }).waitFor();
  assert.equal(new URL(page.url()).pathname, "/default/projects");
  await page.goBack();
  await table().getByRole("row", { name: new RegExp(`${fork}.*you are here`) }).waitFor();
});

test("a workspace that somebody else forks appears by itself", async () => {
  const other = `${fork}-2`;
  await story.ask("mutation ($name: String!) { forkWorkspace(name: $name) { id } }", { name: other });
  await table().getByRole("link", { name: other }).waitFor();
});

test("the explorer of the API asks the workspace that it was opened from", async () => {
  await page.getByRole("link", { name: "GraphiQL" }).click();
  await page.getByRole("link", { name: `Cairn · ${fork}` }).waitFor();
  // The editor comes after the button.
  await page.getByText("lastUpdatedTraceAt").first().waitFor();
  await page.getByRole("button", { name: "Execute query" }).click();
  // The editor writes spaces of its own.
  await page.getByText(/only\shere/).waitFor();
  assert.equal(await page.getByText(/only\sthere/).count(), 0);
  await page.getByRole("link", { name: `Cairn · ${fork}` }).click();
  await page.getByRole("link", { name: "only here" }).waitFor();
});

test("an address of a workspace that is none says so", async () => {
  await page.goto(`${story.server.rootUrl}/no-such-workspace/projects`);
  await page.getByRole("main").getByText("Workspace not found").waitFor();
});
