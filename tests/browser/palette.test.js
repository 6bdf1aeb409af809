// Somebody who knows where to go types a few letters, and somebody who does not know the fields is told of them.
import assert from "node:assert/strict";
import { test } from "node:test";
import { eventually, seriousViolations, traceRows, useBrowser } from "./story.js";

let project;

const story = useBrowser(async (story) => {
  project = story.newName("harbour");
  await story.runProgram(project, "indigo");
  await story.runProgram(project, "crimson", "--fails");
});

/** From the list of projects. */
async function openLogs(page) {
  await page.getByRole("link", { name: project }).click();
  await page.getByRole("navigation", { name: "Main" }).getByRole("link", { name: "Logs" }).click();
}

test("a few letters and Enter lead from anywhere to a project", async () => {
  const page = await story.open("/default/get-started");
  await page.getByRole("heading", { name: "Send your first trace" }).waitFor();
  await page.keyboard.press("Control+k");
  await page.getByRole("dialog", { name: "Command palette" }).waitFor();
  await page.keyboard.type(project);
  await page.getByRole("menuitem", { name: project }).first().waitFor();
  assert.deepEqual(await seriousViolations(page), []);
  await page.keyboard.press("Enter");
  await page.getByRole("heading", { name: project, level: 1 }).waitFor();
  assert.match(page.url(), /\/home$/);
  assert.deepEqual(page.complaints, []);
  await page.context().close();
});

test("everything is found: by name across the workspace, and by words in the traces of the project in view", async () => {
  const { content } = await story.get(`projects?name=${project}`);
  const projectId = content[0].id;
  await story.post("datasets", { name: "lighthouse questions", project_id: projectId });
  await story.post("prompts", { name: "lighthouse keeper", template: "Hello", project_name: project });
  await story.post("experiments", { dataset_name: "lighthouse questions", name: "lighthouse trial", project_name: project });
  await story.post("dashboards", { name: "Lighthouse board", type: "multi_project", config: {} });
  const page = await story.open(`/default/projects/${projectId}/logs`);
  await traceRows(page).nth(1).waitFor();
  await page.keyboard.press("Control+k");
  await page.getByRole("dialog", { name: "Command palette" }).waitFor();
  await page.keyboard.type("lighthouse");
  for (const name of ["lighthouse questions", "lighthouse keeper", "lighthouse trial", "Lighthouse board"]) {
    await page.getByRole("menuitem", { name }).waitFor();
  }
  assert.deepEqual(await seriousViolations(page), []);
  await page.keyboard.press("Control+a");
  await page.keyboard.type("crimson");
  const hit = page.getByRole("group", { name: "Found in this project" }).getByRole("menuitem").first();
  await hit.waitFor();
  assert.match(await hit.innerText(), /crimson/);
  assert.equal(await page.getByRole("menuitem", { name: /lighthouse/i }).count(), 0);
  await page.keyboard.press("ArrowUp");
  await page.keyboard.press("Enter");
  await page.getByRole("treeitem", { name: /^agent/ }).first().waitFor();
  assert.match(page.url(), /\/traces\//);
  assert.deepEqual(page.complaints, []);
  await page.context().close();
});

test("what is slow to find does not hold up what is there", async () => {
  const page = await story.open("/default/projects");
  await page.getByRole("link", { name: project }).waitFor();
  await page.route("**/graphql", (route) => (/PromptMatches/.test(route.request().postData() ?? "") ? undefined : route.fallback()));
  await page.keyboard.press("Control+k");
  await page.keyboard.type("lighthouse q");
  await page.getByRole("menuitem", { name: "lighthouse questions" }).click();
  await page.getByRole("heading", { name: "lighthouse questions" }).waitFor();
  await page.goto(`${story.server.rootUrl}/default/projects`);
  await page.getByRole("link", { name: project }).waitFor();
  await page.keyboard.press("Control+k");
  await page.getByRole("group", { name: "Recent" }).getByRole("menuitem", { name: "lighthouse questions" }).waitFor();
  await page.context().close();
});

test("things are made and set by the keyboard alone", async () => {
  const page = await story.open("/default/projects", { colorScheme: "light" });
  await page.getByRole("link", { name: project }).waitFor();
  const run = async (words) => {
    await page.keyboard.press("Control+k");
    await page.getByRole("dialog", { name: "Command palette" }).waitFor();
    await page.keyboard.type(words);
    await page.getByRole("menuitem").first().waitFor();
    await page.keyboard.press("Enter");
  };
  await run("theme dark");
  await eventually("dark", async () => (await page.evaluate(() => document.documentElement.dataset.theme)) === "dark");
  await run("new project");
  await page.getByRole("dialog", { name: "New project" }).waitFor();
  await page.keyboard.type("from the palette");
  await page.keyboard.press("Enter");
  await page.getByRole("navigation", { name: "Main" }).getByRole("link", { name: "Datasets" }).waitFor();
  await run("new dataset");
  await page.getByRole("dialog", { name: "New dataset" }).waitFor();
  assert.match(page.url(), /datasets\?create=true/);
  assert.deepEqual(page.complaints, []);
  await page.context().close();
});

test("the link of an open trace is taken", async () => {
  const page = await story.open("/default/projects", { permissions: ["clipboard-read", "clipboard-write"] });
  await openLogs(page);
  await traceRows(page).first().click();
  await page.getByRole("complementary", { name: "Trace" }).getByRole("treeitem").first().waitFor();
  await page.keyboard.press("Control+k");
  await page.keyboard.type("link of this trace");
  await page.keyboard.press("Enter");
  await page.getByText("Copied the link of the trace.").waitFor();
  const address = await page.evaluate(() => navigator.clipboard.readText());
  assert.match(address, /\/traces\/[0-9a-f-]{36}$/);
  await page.goto(address);
  await page.getByRole("treeitem", { name: /^agent/ }).first().waitFor();
  await page.context().close();
});

test("a filter is written by choosing, and taken away as a chip", async () => {
  const page = await story.open("/default/projects");
  await openLogs(page);
  await traceRows(page).nth(1).waitFor();
  await page.keyboard.press("f");
  await page.keyboard.type("err");
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Enter");
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Enter");
  assert.equal(await page.getByRole("combobox", { name: "Filter" }).inputValue(), "error:true ");
  await page.keyboard.press("Escape");
  await page.keyboard.press("Enter");
  await eventually("one failed trace", async () => (await traceRows(page).count()) === 1);
  assert.deepEqual(await seriousViolations(page), []);
  await page.getByRole("button", { name: "Remove filter error:true" }).click();
  await eventually("both traces", async () => (await traceRows(page).count()) === 2);
  await page.context().close();
});

test("a column is dragged to another place and stays there", async () => {
  const page = await story.open("/default/projects");
  await openLogs(page);
  await traceRows(page).nth(1).waitFor();
  const heads = page.getByRole("columnheader");
  await page.getByRole("button", { name: "Start" }).dragTo(page.getByRole("columnheader", { name: "Output" }));
  await eventually("start behind output", async () => (await heads.nth(4).getAttribute("aria-label")) === "Start");
  await page.reload();
  await eventually("still there", async () => (await heads.nth(4).getAttribute("aria-label")) === "Start");
  await page.context().close();
});
