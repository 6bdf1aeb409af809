// Somebody looks for a word that stands in prompts, datasets, comments and traces alike.
import assert from "node:assert/strict";
import { test } from "node:test";
import { eventually, seriousViolations, useBrowser } from "./story.js";

let project;
let projectId;

const story = useBrowser(async (story) => {
  project = story.newName("harbour");
  await story.runProgram(project, "cormorant");
  const { content } = await story.get(`projects?name=${project}`);
  projectId = content[0].id;
  await story.post("prompts", { name: "greeting", template: "Ask the cormorant, {{name}}", project_name: project });
  await story.post("prompts/versions", {
    name: "greeting",
    project_name: project,
    version: { template: "Ask the heron, {{name}}" },
  });
  await story.post("datasets", { name: "birds", description: "鵜飼いの質問", project_id: projectId });
  const { rootUrl, apiUrl } = story.server;
  const items = [{ source: "manual", data: { question: "How deep does a cormorant dive?" } }];
  const put = await fetch(`${apiUrl}/v1/private/datasets/items`, {
    method: "PUT",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ dataset_name: "birds", project_name: project, items }),
  });
  assert.ok(put.ok, `${rootUrl}: ${put.status}`);
  const traces = await story.get(`traces?project_name=${project}`);
  await story.post(`traces/${traces.content[0].id}/comments`, { text: "the cormorant was right" });
});

const hits = (page) => page.getByRole("list", { name: "Hits" }).getByRole("listitem");

test("the palette leads to an earlier version of a prompt by a word of its text", async () => {
  const page = await story.open("/default/projects");
  await page.getByRole("link", { name: project }).waitFor();
  await page.keyboard.press("Control+k");
  await page.getByRole("dialog", { name: "Command palette" }).waitFor();
  await page.keyboard.type("ask cormorant");
  const found = page.getByRole("group", { name: "Found in texts" });
  await found.getByRole("menuitem", { name: /greeting v1/ }).click();
  await page.getByText("Ask the cormorant").first().waitFor();
  assert.match(page.url(), /\/prompts\/[0-9a-f-]+\?version=/);
  assert.deepEqual(page.complaints, []);
  await page.context().close();
});

test("the page of a search shows hits of every kind, narrows them, and each leads to where it stands", async () => {
  const page = await story.open("/default/projects");
  await page.getByRole("link", { name: project }).waitFor();
  await page.keyboard.press("Control+k");
  await page.keyboard.type("cormorant");
  await page.getByRole("menuitem", { name: "Search everything for “cormorant”" }).click();
  await hits(page).first().waitFor();
  for (const kind of ["Trace", "Earlier version", "Dataset item", "Comment"]) {
    await hits(page).filter({ hasText: kind }).first().waitFor();
  }
  await hits(page).locator("mark").filter({ hasText: /cormorant/i }).first().waitFor();
  assert.deepEqual(await seriousViolations(page), []);
  await page.getByRole("radio", { name: "Datasets" }).click();
  await eventually("only the item", async () => (await hits(page).count()) === 1);
  await hits(page).getByRole("link", { name: "birds" }).click();
  await page.getByText("How deep does a cormorant dive?").first().waitFor();
  await page.goBack();
  await page.getByRole("radio", { name: "Comments and reasons" }).click();
  await eventually("only the comment", async () => (await hits(page).count()) === 1);
  await hits(page).getByRole("link").click();
  await page.getByRole("treeitem", { name: /^agent/ }).first().waitFor();
  assert.deepEqual(page.complaints, []);
  await page.context().close();
});

test("what was deleted is found no more, and again when it is restored", async () => {
  const page = await story.open("/default/search?q=鵜飼い");
  await hits(page).filter({ hasText: "birds" }).waitFor();
  const { content } = await story.get("datasets?name=birds");
  const remove = await fetch(`${story.server.apiUrl}/v1/private/datasets/${content[0].id}`, { method: "DELETE" });
  assert.ok(remove.ok);
  await page.reload();
  await page.getByText("Nothing has these words").waitFor();
  await page.goto(`${story.server.rootUrl}/default/trash`);
  await page.getByRole("row", { name: /birds/ }).getByRole("button", { name: /Restore/ }).click();
  await page.getByText(/Restored the/).waitFor();
  await page.goto(`${story.server.rootUrl}/default/search?q=鵜飼い`);
  await hits(page).filter({ hasText: "birds" }).waitFor();
  await page.context().close();
});

test("a search is narrowed to one project, and hits say in which they are", async () => {
  const other = story.newName("inland");
  await story.runProgram(other, "cormorant");
  const page = await story.open("/default/search?q=cormorant");
  await hits(page).filter({ hasText: `in ${other}` }).first().waitFor();
  await hits(page).filter({ hasText: `in ${project}` }).first().waitFor();
  await page.getByRole("combobox", { name: /^Project/ }).selectOption({ label: other });
  await hits(page).filter({ hasText: `in ${project}` }).first().waitFor({ state: "detached" });
  await hits(page).filter({ hasText: `in ${other}` }).first().waitFor();
  assert.deepEqual(await seriousViolations(page), []);
  await page.reload();
  await hits(page).filter({ hasText: `in ${other}` }).first().waitFor();
  assert.equal(await hits(page).filter({ hasText: `in ${project}` }).count(), 0);
  assert.deepEqual(page.complaints, []);
  await page.context().close();
});
