// What must go goes for good: after a question that one cannot answer by accident, and with word of how far it is.
import assert from "node:assert/strict";
import { test } from "node:test";
import { eventually, seriousViolations, traceRows, useBrowser } from "./story.js";

let project;
let projectPath;
let page;

const story = useBrowser(async (story) => {
  project = story.newName("shop");
  const start_time = new Date().toISOString();
  const trace = (fields) => story.post("traces", { project_name: project, start_time, ...fields });
  await trace({ name: "confession", input: { question: "my number is zanzibar" } });
  await trace({ name: "talk one", thread_id: "secret talk", input: { question: "quagga" } });
  await trace({ name: "talk two", thread_id: "secret talk", input: { question: "quagga again" } });
  await trace({ name: "bought", metadata: { user_id: "ann@example.org" } });
  await trace({ name: "harmless", input: { question: "how are you?" } });
  const { content } = await story.get(`projects?name=${project}`);
  projectPath = `/default/projects/${content[0].id}`;
});

const dialog = () => page.getByRole("dialog", { name: /for good/ });
const erase = () => dialog().getByRole("button", { name: "Erase for good" });
const names = async () => (await story.get(`traces?project_name=${project}&size=50`)).content?.map(({ name }) => name).sort() ?? [];
const choose = async (item) => {
  await page.getByRole("button", { name: "More actions" }).click();
  await page.getByRole("menuitem", { name: item }).click();
};

test("a trace is erased after a word that is typed", async () => {
  page = await story.open(`${projectPath}/logs?filter=name:confession`);
  await traceRows(page).first().click();
  await page.getByRole("treeitem", { name: /^confession/ }).waitFor();
  await choose("Erase");
  await dialog().getByText("Nothing takes this back").waitFor();
  await dialog().getByText("Copies stay").waitFor();
  assert.ok(await erase().isDisabled());
  assert.deepEqual(await seriousViolations(page), []);
  await dialog().getByLabel("Type “erase” to go on").fill("Erase");
  assert.ok(await erase().isDisabled(), "another word is not enough");
  await dialog().getByLabel("Type “erase” to go on").fill("erase");
  await erase().click();
  await page.getByText("The trace is being erased.").waitFor();
  await page.getByRole("treeitem", { name: /^confession/ }).waitFor({ state: "detached" });
  assert.match(page.url(), /filter=name/, "the list behind it stays as it was");
  await eventually("the trace is gone", async () => !(await names()).includes("confession"));
});

test("how far it is stands in the settings, and what was said is nowhere", async () => {
  await page.goto(`${story.server.rootUrl}/default/settings?tab=erasures`);
  const row = page.getByRole("row", { name: /^Trace/ });
  await row.getByText("done").waitFor();
  await row.getByText("admin").waitFor();
  assert.deepEqual(await seriousViolations(page), []);
  await page.goto(`${story.server.rootUrl}${projectPath}/logs?q=zanzibar`);
  await page.getByText("Nothing matches").waitFor();
  const trash = await story.ask("{ trash(first: 10) { nodes { id } } }");
  assert.deepEqual(trash.trash.nodes, []);
});

test("a thread goes with all of its traces", async () => {
  await page.goto(`${story.server.rootUrl}${projectPath}/logs?logsType=threads`);
  await page.getByRole("row").filter({ hasText: "secret talk" }).click();
  await page.getByRole("article", { name: "Turn 2" }).waitFor();
  await choose("Erase");
  await dialog().getByText("All traces of the thread").waitFor();
  await dialog().getByLabel("Type “erase” to go on").fill("erase");
  await page.keyboard.press("Enter");
  await page.getByText("The thread is being erased.").waitFor();
  await eventually("its traces are gone", async () => (await names()).join() === "bought,harmless" || names());
});

test("all that names a user goes by the id of the user", async () => {
  await page.goto(`${story.server.rootUrl}/default/settings?tab=erasures`);
  await page.getByRole("button", { name: "Erase a user" }).click();
  await dialog().getByLabel("Type “erase” to go on").fill("erase");
  await erase().click();
  await dialog().getByRole("alert").getByText("Say which user.").waitFor();
  await dialog().getByLabel("ID of the user").fill("ann@example.org");
  assert.deepEqual(await seriousViolations(page), []);
  await erase().click();
  const row = page.getByRole("row", { name: /^User/ });
  await row.getByText("done").waitFor();
  assert.doesNotMatch(await row.innerText(), /ann@/);
  assert.deepEqual(await names(), ["harmless"]);
});

test("a project goes by its name", async () => {
  await page.goto(`${story.server.rootUrl}/default/projects`);
  await page.getByRole("button", { name: `Actions of ${project}` }).click();
  await page.getByRole("menuitem", { name: "Erase" }).click();
  await dialog().getByLabel(`Type “${project}” to go on`).fill("erase");
  assert.ok(await erase().isDisabled());
  await dialog().getByLabel(`Type “${project}” to go on`).fill(project);
  await erase().click();
  await page.getByText("The project is being erased.").waitFor();
  await page.getByRole("link", { name: project }).waitFor({ state: "detached" });
  await page.goto(`${story.server.rootUrl}/default/settings?tab=erasures`);
  await page.getByRole("row", { name: /^Project/ }).getByText("done").waitFor();
  await page.context().close();
});
