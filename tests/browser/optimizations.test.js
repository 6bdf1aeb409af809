// Somebody lets a program search for a better prompt, watches how it goes, and reads what it found.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import { beginOptimization } from "./optimizing.js";
import { eventually, seriousViolations, useBrowser } from "./story.js";

let projectPath;
let search;
let page;

const story = useBrowser(async (story) => {
  const project = story.newName("shop");
  const name = `questions of ${project}`;
  const items = ["Where is my parcel?", "Do you ship to Norway?"].map((question) => ({ source: "sdk", data: { question } }));
  await story.put("datasets/items", { dataset_name: name, project_name: project, items });
  const { content } = await story.get(`projects?name=${project}`);
  projectPath = `/default/projects/${content[0].id}`;
  page = await story.open(`${projectPath}/optimizations`);
  await page.getByText("No optimizations yet").waitFor();
  const { content: [dataset] } = await story.get(`datasets?name=${encodeURIComponent(name)}`);
  search = await beginOptimization(story, { project, dataset, objective: "closeness" });
});

const row = (name) => page.getByRole("row", { name });
const trials = () => page.getByRole("table", { name: "Trials" }).getByRole("rowheader");
const facts = () => page.getByLabel("Optimization", { exact: true });
const best = () => page.getByRole("region", { name: "Best prompt" });

test("a search stands in the list as soon as it begins, and how it goes is told there", async () => {
  await row(/^closer answers .* closeness running/).waitFor();
  await search.tryPrompt("Answer the question.", 0.25);
  await search.tryPrompt("Answer the question in one sentence.", 0.5, { temperature: 0.7 });
  await row(/^closer answers .*running \+0.25 0.5 2 \$0.003/).waitFor();
  assert.deepEqual(await seriousViolations(page), []);
  await page.getByLabel("Status").selectOption("completed");
  await page.getByText("Nothing matches").waitFor();
  await page.getByLabel("Status").selectOption("running");
  await page.getByRole("searchbox", { name: "Search optimizations" }).fill("CLOSER");
  await eventually("the address says so", async () => /name=CLOSER/.test(page.url()) && /status=RUNNING/.test(page.url()));
  await page.getByRole("link", { name: "closer answers" }).click();
});

test("a search shows its trials, and the best one beside the initial one", async () => {
  await page.getByRole("heading", { name: "closer answers" }).waitFor();
  await facts().getByText("MetaPromptOptimizer").waitFor();
  await row(/^2: try 2 best \+0.25 0.5 temperature 0.7/).waitFor();
  await row(/^1: try 1 initial 0.25/).waitFor();
  await best().getByText("added: Answer the question in one sentence.").waitFor();
  await best().getByRole("radio", { name: "Side by side" }).click();
  await best().getByRole("region", { name: /^Initial/ }).getByText("Answer the question.", { exact: false }).waitFor();
  await best().getByRole("radio", { name: "Differences" }).click();
  await page.getByRole("application").waitFor();
  assert.deepEqual(await seriousViolations(page), []);
});

test("trials that come are seen at once, and a mini-batch is never the best", async () => {
  await search.tryPrompt("Answer.", 1, { kind: "mini-batch" });
  await row(/^3: try 3 .*mini-batch/).waitFor();
  await search.tryPrompt("Answer the question in one sentence.\nIf you do not know, say so.", 0.875, { temperature: 0.2 });
  await row(/^4: try 4 best \+0.625 0.875/).waitFor();
  await best().getByText("added: If you do not know, say so.").waitFor();
  assert.equal(await best().getByText("added:").count(), 2);
});

test("the chart is read by key, and goes into a file", async () => {
  const chart = page.getByRole("region", { name: "closeness by trial" });
  await chart.getByRole("application").focus();
  await page.keyboard.press("ArrowRight");
  await chart.getByText("Trial 2").waitFor();
  const [download] = await Promise.all([page.waitForEvent("download"), chart.getByRole("button", { name: "closeness by trial as CSV" }).click()]);
  const lines = (await readFile(await download.path(), "utf8")).trimEnd().split("\r\n");
  assert.match(lines[0], /^trial,experiment,kind,created \(UTC\),closeness,best so far,traces/);
  assert.match(lines[3], /^3,[^,]+,mini_batch,[^,]+,1,0.5,2,/);
  assert.equal(lines.length, 5);
});

test("trials stand in the order of any figure, also after a reload", async () => {
  const order = async () => (await trials().allInnerTexts()).map((text) => text[0]).join("");
  assert.equal(await order(), "4321");
  await page.getByRole("table", { name: "Trials" }).getByRole("button", { name: "closeness" }).click();
  await eventually("the best first", async () => (await order()) === "3421" || (await order()));
  await page.reload();
  await eventually("the best first after a reload", async () => (await trials().count()) === 4 && (await order()) === "3421");
});

test("a trial leads to its experiment and back, and the best is compared with the initial one", async () => {
  const place = page.url();
  await page.getByRole("link", { name: "4: try 4" }).click();
  await page.getByRole("heading", { name: "try 4" }).waitFor();
  await page.getByRole("button", { name: "Open item 1" }).click();
  await page.getByRole("dialog").getByRole("link", { name: "Trace" }).waitFor();
  await page.keyboard.press("Escape");
  await page.getByRole("link", { name: "an optimization" }).click();
  await eventually("back at the search", async () => page.url() === place.replace(/\?.*/, "") || page.url());
  await page.getByRole("link", { name: "Compare the best with the initial" }).click();
  await page.getByText("“try 1” is the measure of the others").waitFor();
});

test("one of which nobody will hear again is marked so, and gets a better name", async () => {
  await page.goto(`${story.server.rootUrl}${projectPath}/optimizations/${search.id}`);
  await page.getByRole("button", { name: "Mark as cancelled" }).click();
  assert.deepEqual(await seriousViolations(page), []);
  await page.getByRole("dialog").getByRole("button", { name: "Mark as cancelled" }).click();
  await facts().getByText("cancelled").waitFor();
  assert.equal(await page.getByRole("button", { name: "Mark as cancelled" }).count(), 0);
  await page.getByRole("button", { name: "Rename" }).click();
  await page.getByRole("dialog").getByLabel("Name").fill("the first search");
  await page.keyboard.press("Enter");
  await page.getByRole("heading", { name: "the first search" }).waitFor();
});

test("a search that fails says why, under the address that clients print", async () => {
  await story.put(`optimizations/${search.id}`, { status: "error", error_info: { exception_type: "ValueError", message: "no budget is left", traceback: "line 1" } });
  const base = Buffer.from(story.server.apiUrl).toString("base64");
  const printed = await fetch(`${story.server.apiUrl}/v1/session/redirect/optimizations?optimization_id=${search.id}&path=${base}`, { redirect: "manual" });
  for (const address of [printed.headers.get("location"), `/default/optimizations/${search.id}`]) {
    await page.goto(`${story.server.rootUrl}${address}`);
    await page.getByRole("alert").getByText("ValueError: no budget is left").waitFor();
    assert.ok(page.url().includes(projectPath), page.url());
  }
  await facts().getByText("failed").waitFor();
  assert.deepEqual(page.complaints, []);
});

test("one outside of all projects stands under that address, and what is not there says so", async () => {
  const time = Date.now().toString(16).padStart(12, "0");
  const id = `${time.slice(0, 8)}-${time.slice(8)}-7${crypto.randomUUID().slice(15)}`;
  await story.put("optimizations", { id, name: "nobody's", dataset_name: "of nobody", objective_name: "tone", status: "completed" });
  await page.goto(`${story.server.rootUrl}/default/optimizations/${id}`);
  await page.getByRole("heading", { name: "nobody's" }).waitFor();
  await page.getByText("No trials yet").waitFor();
  await page.goto(`${story.server.rootUrl}${projectPath}/optimizations/01a21956-6365-72dc-870a-000bb1033cd8`);
  await page.getByText("There is no such optimization").waitFor();
});

test("a search is deleted, and its trials stay", async () => {
  await page.goto(`${story.server.rootUrl}${projectPath}/optimizations/${search.id}`);
  await page.getByRole("button", { name: "Delete" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Delete" }).click();
  await page.getByText("No optimizations yet").waitFor();
  await page.getByText(/^Deleted the optimization/).waitFor();
  await page.keyboard.press("u");
  await page.getByText("Brought back what was deleted.").waitFor();
  await page.goto(`${story.server.rootUrl}${projectPath}/optimizations/${search.id}`);
  await page.getByRole("button", { name: "Delete" }).click();
  await page.getByRole("dialog").getByText("can be restored from the trash").waitFor();
  await page.getByRole("dialog").getByRole("button", { name: "Delete" }).click();
  await page.getByText("No optimizations yet").waitFor();
  await page.goto(`${story.server.rootUrl}${projectPath}/experiments?trials=true`);
  await page.getByRole("link", { name: "try 4" }).waitFor();
});
