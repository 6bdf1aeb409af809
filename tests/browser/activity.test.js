// Somebody looks at what was done in a project lately, goes to what it was done to, and takes it back.
import assert from "node:assert/strict";
import { test } from "node:test";
import { uuid7 } from "./load.js";
import { eventually, seriousViolations, useBrowser } from "./story.js";

let project;
let projectId;
let promptId;

const story = useBrowser(async (story) => {
  project = story.newName("shop");
  projectId = await story.createProject(project);
  await story.post("prompts", { name: "greeting", template: "Greet {{name}}.", project_id: projectId });
  const { content } = await story.get("prompts?name=greeting");
  promptId = content[0].id;
  const elsewhere = await story.createProject(story.newName("other"));
  await story.post("prompts", { name: "elsewhere", template: "Hello", project_id: elsewhere });
});

let page;
const done = () => page.getByRole("table", { name: "What was done, newest first" });
const rows = () => done().getByRole("row");

test("what was done in the project is told, newest first, and nothing of another", async () => {
  page = await story.open(`/default/projects/${projectId}/activity`);
  await done().getByText("Prompt created").waitFor();
  const told = await rows().allInnerTexts();
  assert.match(told.at(1), /Prompt[^]*greeting[^]*admin/);
  assert.match(told.at(-1), /Project created/);
  assert.doesNotMatch(told.join(), /elsewhere/);
  assert.deepEqual(await seriousViolations(page), []);
});

test("what is done meanwhile is seen at once, and many of one request are one line", async () => {
  const rename = "mutation ($id: ID!) { updatePrompt(input: { id: $id, name: \"welcome\" }) { id } }";
  await story.ask(rename, { id: promptId });
  await rows().nth(1).getByText("Prompt changed").waitFor();
  const traces = [1, 2, 3].map((at) => ({ id: uuid7(), project_name: project, name: `run ${at}`, start_time: new Date().toISOString() }));
  await story.post("traces/batch", { traces });
  await story.post("traces/delete", { ids: traces.map(({ id }) => id) });
  await rows().nth(1).getByText("3 times").waitFor();
  assert.match(await rows().nth(1).innerText(), /Trace deleted/);
});

test("many are taken back together by keyboard, and the undo is told and can be taken back", async () => {
  await rows().nth(1).getByRole("button", { name: "Undo all" }).focus();
  await page.keyboard.press("Enter");
  await rows().nth(1).getByText("Change undone").waitFor();
  await eventually("all are there again", async () => (await story.get(`traces?project_name=${project}`)).total === 3);
  await done().getByRole("row", { name: /Trace deleted 3 times undone/ }).waitFor();
  await page.keyboard.press("u");
  await eventually("they are gone again", async () => (await story.get(`traces?project_name=${project}`)).total === 0);
});

test("one kind is looked at, and a reload keeps it", async () => {
  await page.getByLabel("Of", { exact: true }).selectOption({ label: "prompts" });
  await done().getByText("Trace deleted").waitFor({ state: "detached" });
  await page.reload();
  await done().getByText("Prompt changed").waitFor();
  assert.equal(await done().getByText("Project created").count(), 0);
});

test("each line leads to its thing", async () => {
  await rows().nth(1).getByRole("link", { name: "welcome" }).click();
  await page.getByRole("heading", { name: "welcome" }).waitFor();
  await page.goBack();
  await rows().nth(1).getByRole("link", { name: "Prompt changed" }).click();
  await page.getByRole("dialog").getByRole("region", { name: "What it changed" }).waitFor();
  assert.deepEqual(page.complaints, []);
});
