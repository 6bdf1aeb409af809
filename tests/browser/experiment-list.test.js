// A team keeps its experiments in sight: in any order, with the figures that matter, and how scores went over time.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import { uuid7 } from "./load.js";
import { eventually, seriousViolations, traceRows, useBrowser } from "./story.js";

let project;
let dataset;
let items;
let page;

const story = useBrowser(async (story) => {
  project = story.newName("shop");
  await story.runWorld(project);
  ({ content: [dataset] } = await story.get("datasets?name=customer"));
  ({ content: items } = await story.get(`datasets/${dataset.id}/items?size=10`));
  const { content } = await story.get(`projects?name=${project}`);
  page = await story.open(`/default/projects/${content[0].id}/experiments`);
});

const table = () => page.getByRole("table", { name: "Experiments", exact: true });
const names = async () => (await table().getByRole("rowheader").getByRole("link").allInnerTexts()).join(", ");
const chart = () => page.getByRole("region", { name: "Scores over experiments" });

async function runExperiment(name, fields = {}, closeness = 0.5) {
  const rows = items.map((item) => ({ dataset_item_id: item.id, evaluate_task_result: { output: "Hm." }, feedback_scores: [{ name: "closeness", value: closeness, source: "sdk" }] }));
  const made = await story.post("experiments", { name, dataset_name: dataset.name, project_name: project, ...fields });
  const id = made.headers.get("location").split("/").at(-1);
  await story.put("experiments/items/bulk", { experiment_id: id, experiment_name: name, dataset_name: dataset.name, project_name: project, items: rows });
  return id;
}

test("experiments stand in the order of any column, also after a reload", async () => {
  await eventually("the newest first", async () => (await names()) === "shorter answers, baseline" || (await names()));
  await table().getByRole("button", { name: "closeness" }).click();
  await eventually("the closest first", async () => (await names()) === "baseline, shorter answers" || (await names()));
  assert.match(page.url(), /sort=-feedback_scores.closeness/);
  await table().getByRole("button", { name: "closeness" }).click();
  await eventually("the farthest first", async () => (await names()) === "shorter answers, baseline" || (await names()));
  await page.reload();
  await table().getByRole("columnheader", { name: "closeness" }).waitFor();
  assert.equal(await table().getByRole("columnheader", { name: "closeness" }).getAttribute("aria-sort"), "ascending");
  assert.equal(await names(), "shorter answers, baseline");
  await table().getByRole("button", { name: "Created", exact: true }).click();
  assert.deepEqual(await seriousViolations(page), []);
});

test("rare columns are asked for, and stay", async () => {
  assert.equal(await table().getByRole("columnheader", { name: "Duration p99" }).count(), 0);
  await page.getByRole("button", { name: "Columns" }).click();
  for (const column of ["Duration p90", "Duration p99", "Prompt"]) await page.getByRole("menuitemcheckbox", { name: column }).click();
  await page.getByRole("menuitemcheckbox", { name: "Items" }).click();
  await page.keyboard.press("Escape");
  await table().getByRole("columnheader", { name: "Duration p99" }).waitFor();
  await page.reload();
  await table().getByRole("columnheader", { name: "Duration p90" }).waitFor();
  assert.equal(await table().getByRole("columnheader", { name: "Items" }).count(), 0);
});

test("an experiment that runs elsewhere appears with its prompt and its tags", async () => {
  const { content: [prompt] } = await story.get("prompts?name=support");
  const { latest_version: version } = await story.get(`prompts/${prompt.id}`);
  await runExperiment("with a prompt", { prompt_versions: [{ id: version.id }], tags: ["nightly"] }, 0.25);
  const row = table().getByRole("row", { name: /^with a prompt/ });
  await row.getByRole("link", { name: "support answer v2" }).waitFor();
  await row.getByText("nightly").waitFor();
  await row.getByText("0.25").waitFor();
});

test("experiments stand by their prompt, their author and their tokens, also after a reload", async () => {
  await page.getByRole("button", { name: "Columns" }).click();
  for (const column of ["Tokens of each", "Created by"]) await page.getByRole("menuitemcheckbox", { name: column }).click();
  await page.keyboard.press("Escape");
  for (const [column, field] of [["Created by", "created_by"], ["Tokens of each", "usage.total_tokens"], ["Prompt", "prompt"]]) {
    await table().getByRole("button", { name: column, exact: true }).focus();
    await page.keyboard.press("Enter");
    await table().getByRole("columnheader", { name: column, exact: true }).and(page.locator("[aria-sort=descending]")).waitFor();
    await eventually("the address says so", async () => new URL(page.url()).searchParams.get("sort") === `-${field}`);
  }
  await eventually("the one with a prompt first", async () => (await names()).startsWith("with a prompt") || (await names()));
  await page.reload();
  await eventually("still so", async () => (await names()).startsWith("with a prompt") || (await names()));
  assert.deepEqual(await seriousViolations(page), []);
  await table().getByRole("button", { name: "Created", exact: true }).click();
});

test("what people say of its traces stands beside an experiment, and sorts it", async () => {
  const id = await runExperiment("spoken of");
  const { content: rows } = await story.get(`datasets/${dataset.id}/items/experiments/items?experiment_ids=${encodeURIComponent(JSON.stringify([id]))}&size=10`);
  const [one, other] = rows.map((row) => row.experiment_items[0].trace_id);
  await page.getByRole("columnheader", { name: "Comments" }).getByRole("button").click();
  const row = table().getByRole("row", { name: /^spoken of/ });
  await row.waitFor();
  await story.post(`traces/${one}/comments`, { text: "Too short to be of use." });
  await row.getByText("Too short to be of use.").waitFor();
  await story.post(`traces/${other}/comments`, { text: "This one is better." });
  await row.getByText("This one is better.").waitFor();
  await row.getByText("and 1 more").waitFor();
  assert.match(await row.getByText("and 1 more").locator("..").getAttribute("title"), /better[^]*Too short/);
  await eventually("what is spoken of comes first", async () => (await names()).startsWith("spoken of") || (await names()));
  const read = await story.get(`experiments/${id}`);
  assert.deepEqual(read.comments.map(({ text }) => text), ["This one is better.", "Too short to be of use."]);
  await table().getByRole("button", { name: "Created", exact: true }).click();
  await story.post("experiments/delete", { ids: [id] });
  await row.waitFor({ state: "detached" });
});

test("the scores over a dataset are drawn one experiment after the other, by key and as a file", async () => {
  await page.getByLabel("Over", { exact: true }).selectOption({ label: "customer questions" });
  await eventually("the address says so", async () => page.url().includes(dataset.id));
  await chart().getByRole("application").waitFor();
  await chart().getByRole("application").focus();
  await page.keyboard.press("ArrowRight");
  await chart().getByText("shorter answers").last().waitFor();
  await chart().getByText("closeness").last().waitFor();
  assert.deepEqual(await seriousViolations(page), []);
  const [download] = await Promise.all([
    page.waitForEvent("download"),
    page.getByRole("button", { name: "Scores over experiments as CSV" }).click(),
  ]);
  const [head, ...lines] = (await readFile(await download.path(), "utf8")).trimEnd().split("\r\n");
  assert.match(head, /^experiment,created \(UTC\),.*closeness/);
  assert.deepEqual(lines.map((line) => line.split(",")[0]), ["baseline", "shorter answers", "with a prompt"]);
});

test("experiments are put together by what they have in common, and a group leads to what is in it", async () => {
  const groups = page.getByRole("table", { name: "Groups of experiments" });
  const group = (name) => groups.getByRole("row", { name });
  await page.getByLabel("Over", { exact: true }).selectOption("");
  await page.getByLabel("Group by").focus();
  await page.keyboard.press("c");
  await page.getByRole("searchbox", { name: "Path to group by" }).fill("model.name");
  await page.keyboard.press("Enter");
  await group(/^gpt-4o 1 0.833 1 /).waitFor();
  await group(/^gpt-4o-mini 1 1 0.717 /).waitFor();
  assert.match(page.url(), /group=metadata.model.name/);
  await page.getByRole("region", { name: "Scores of groups" }).getByRole("application").waitFor();
  await page.getByLabel("then by").selectOption({ label: "dataset" });
  await eventually("a dataset in each", async () => (await group(/^customer questions 1 /).count()) === 2);
  await page.reload();
  await eventually("the same after a reload", async () => (await group(/^customer questions 1 /).count()) === 2);
  assert.deepEqual(await seriousViolations(page), []);
  await runExperiment("with the small model", { metadata: { model: { name: "gpt-4o-mini" } } });
  await group(/^gpt-4o-mini 2 /).waitFor();
  await group(/^customer questions 2 /).getByRole("link").focus();
  await page.keyboard.press("Enter");
  await eventually("what is in it", async () => (await names()) === "with the small model, shorter answers" || (await names()));
  assert.equal(new URL(page.url()).searchParams.get("filter"), 'metadata.model.name = "gpt-4o-mini"');
  await page.getByRole("searchbox", { name: "Filter experiments" }).fill("");
  await page.keyboard.press("Enter");
});

test("a prompt leads to the experiments that used it", async () => {
  const { content: [prompt] } = await story.get("prompts?name=support");
  const list = page.url().split("?")[0];
  await page.goto(list.replace(/experiments$/, `prompts/${prompt.id}`));
  await page.getByRole("main").getByRole("link", { name: "Experiments" }).click();
  await page.getByText("With versions of the prompt support answer").waitFor();
  await eventually("the one that used it", async () => (await names()) === "with a prompt" || (await names()));
  await page.getByRole("link", { name: "Show all" }).click();
  await eventually("all of them", async () => (await names()).includes("baseline"));
});

test("a part of the configuration is a column that stays, whatever its path", async () => {
  const list = page.url().split("?")[0];
  await page.goto(list);
  await table().getByRole("link", { name: "baseline" }).waitFor();
  await page.getByRole("button", { name: "Columns" }).focus();
  await page.keyboard.press("Enter");
  await page.getByRole("menuitem", { name: "Column of the configuration…" }).click();
  const dialog = page.getByRole("dialog", { name: "Column of the configuration" });
  await dialog.getByRole("button", { name: "Add column" }).click();
  await dialog.getByText("Write a path, as in `model.name`.").waitFor();
  await dialog.getByLabel("Path").fill("mod");
  await dialog.getByRole("option", { name: "model.name" }).waitFor();
  assert.deepEqual(await seriousViolations(page), []);
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Enter");
  await page.keyboard.press("Enter");
  await table().getByRole("columnheader", { name: "metadata.model.name" }).waitFor();
  await table().getByRole("row", { name: /^baseline/ }).getByRole("cell", { name: "gpt-4o", exact: true }).waitFor();
  await page.reload();
  await table().getByRole("row", { name: /^shorter answers/ }).getByRole("cell", { name: "gpt-4o-mini", exact: true }).waitFor();
  await page.getByRole("button", { name: "Columns" }).click();
  await page.getByRole("menuitemcheckbox", { name: "metadata.model.name" }).click();
  await page.keyboard.press("Escape");
  await table().getByRole("columnheader", { name: "metadata.model.name" }).waitFor({ state: "detached" });
});

test("logs of an experiment show what is tied to it meanwhile, and no more what is taken away", async () => {
  const made = await story.post("experiments", { name: "growing", dataset_name: dataset.name, project_name: project });
  const experiment_id = made.headers.get("location").split("/").at(-1);
  const [id, trace_id] = [uuid7(), uuid7()];
  await story.post("traces/batch", { traces: [{ id: trace_id, name: "tied later", project_name: project, start_time: new Date().toISOString() }] });
  const place = new URL(page.url()).pathname.replace(/experiments$/, "logs");
  const logs = await story.open(`${place}?filter=${encodeURIComponent(`experiment_id:${experiment_id}`)}`);
  await logs.getByText("Nothing matches", { exact: true }).waitFor();
  await story.post("experiments/items", { experiment_items: [{ id, experiment_id, dataset_item_id: items[0].id, trace_id }] });
  await traceRows(logs).filter({ hasText: "tied later" }).waitFor();
  await story.post("experiments/items/delete", { ids: [id] });
  await traceRows(logs).filter({ hasText: "tied later" }).waitFor({ state: "detached" });
  assert.deepEqual(logs.complaints, []);
  await logs.context().close();
  await story.post("experiments/delete", { ids: [experiment_id] });
});

test("several are tagged, compared and deleted at once, and come back", async () => {
  for (const name of ["baseline", "shorter answers"]) {
    await table().getByRole("checkbox", { name: `Choose ${name}` }).focus();
    await page.keyboard.press("Space");
  }
  await page.getByRole("button", { name: "Tags", exact: true }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Add").fill("reviewed");
  await page.keyboard.press("Enter");
  await page.getByText("Changed the tags of 2 experiments.").waitFor();
  for (const name of ["baseline", "shorter answers"]) await table().getByRole("list", { name: `Tags of ${name}` }).getByText("reviewed").waitFor();
  const all = await names();
  await page.getByRole("button", { name: "Delete", exact: true }).click();
  await dialog.getByRole("button", { name: "Delete" }).click();
  await page.getByText("Deleted 2 experiments.").waitFor();
  await eventually("they are gone", async () => !(await names()).includes("baseline") && !(await names()).includes("shorter answers"));
  await page.getByRole("button", { name: "Undo" }).last().click();
  await eventually("they are back", async () => (await names()) === all || (await names()));
  for (const name of ["baseline", "shorter answers"]) await table().getByRole("checkbox", { name: `Choose ${name}` }).check();
  await page.getByRole("button", { name: "Compare 2" }).click();
  await page.waitForURL(/compare\?experiments=/);
  await page.goBack();
});

test("trials of optimizations are listed on demand only", async () => {
  const made = await story.post("optimizations", { dataset_name: dataset.name, objective_name: "closeness", status: "running", project_name: project });
  await runExperiment("a trial", { type: "trial", optimization_id: made.headers.get("location").split("/").at(-1) });
  await runExperiment("another run");
  await table().getByRole("link", { name: "another run" }).waitFor();
  assert.equal(await table().getByRole("link", { name: "a trial" }).count(), 0);
  await page.getByRole("checkbox", { name: "With trials" }).check();
  await table().getByRole("link", { name: "a trial" }).waitFor();
  assert.match(page.url(), /trials=true/);
  assert.deepEqual(page.complaints, []);
});
