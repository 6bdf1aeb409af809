// A team asks whether a change made its application better: two runs over the same items, side by side.
import assert from "node:assert/strict";
import { test } from "node:test";
import { eventually, seriousViolations, useBrowser } from "./story.js";

let projectPath;

const story = useBrowser(async (story) => {
  const project = story.newName("shop");
  await story.runWorld(project);
  const { content } = await story.get(`projects?name=${project}`);
  projectPath = `/default/projects/${content[0].id}`;
});

let page;
const rows = () => page.getByRole("table", { name: "Items" }).getByRole("row");

test("two experiments are chosen and compared, the older as the baseline", async () => {
  page = await story.open(`${projectPath}/experiments`);
  await page.getByRole("checkbox", { name: "Choose baseline" }).check();
  await page.getByRole("checkbox", { name: "Choose shorter answers" }).check();
  await page.getByRole("button", { name: "Compare 2" }).click();
  const figures = page.getByRole("table", { name: "Figures" });
  await figures.waitFor();
  assert.match(await figures.getByRole("row", { name: /^closeness/ }).innerText(), /1\s+0\.\d+ −0\.\d+ ± 0\.\d+/);
  assert.match(await figures.getByRole("row", { name: /^brevity/ }).innerText(), /\+0\.\d/);
  assert.deepEqual(await seriousViolations(page), []);
});

test("what fell most comes first, and only what fell can be shown", async () => {
  const fallen = page.getByRole("button", { name: /regressed/ });
  const count = Number((await fallen.innerText()).split(" ")[0]);
  assert.ok(count > 0);
  await fallen.click();
  await eventually("only regressions", async () => (await rows().count()) === count + 1);
  assert.match(page.url(), /change=regressed/);
  await page.getByLabel("Largest fall first, by").selectOption("brevity");
  await eventually("another score", async () => /score=brevity/.test(page.url()));
  await page.getByLabel("Largest fall first, by").selectOption("closeness");
});

test("an item shows what each made of it, and the words that differ", async () => {
  await page.getByRole("button", { name: "Open item 1" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByRole("region", { name: "baseline" }).waitFor();
  await dialog.getByRole("radio", { name: "Differences from the baseline" }).click();
  await dialog.getByRole("region", { name: "What differs in shorter answers" }).locator("mark").first().waitFor();
  assert.deepEqual(await seriousViolations(page), []);
  await dialog.getByRole("link", { name: "Trace" }).first().click();
  await page.getByRole("treeitem").first().waitFor();
});

test("an experiment alone is looked at, and a list is narrowed by a filter", async () => {
  await page.goto(`${story.server.rootUrl}${projectPath}/experiments`);
  await page.getByRole("searchbox", { name: "Filter experiments" }).fill("name:baseline");
  await page.keyboard.press("Enter");
  await eventually("one experiment", async () => (await page.getByRole("table", { name: "Experiments" }).getByRole("row").count()) === 2);
  await page.getByRole("link", { name: "baseline" }).click();
  await page.getByRole("heading", { name: "baseline" }).waitFor();
  await eventually("its items", async () => (await rows().count()) === 7);
  assert.deepEqual(page.complaints, []);
});
