// What is done with a single open trace, as with many of a list: it is judged, taken away as a file, and deleted.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import { judge, makeTwoRuns } from "./runs.js";
import { eventually, seriousViolations, traceRows, useBrowser } from "./story.js";

let runs;
let page;

const story = useBrowser(async (story) => {
  const project = story.newName("shop");
  runs = await makeTwoRuns(story, project);
  const { content } = await story.get(`projects?name=${project}`);
  const queue = { project_id: content[0].id, name: "odd trips", scope: "trace", instructions: "Odd?", feedback_definition_names: [] };
  await story.post("annotation-queues", queue);
});

const choose = async (item) => {
  await page.getByRole("button", { name: "More actions" }).click();
  await page.getByRole("menuitem", { name: item }).click();
};

test("an open trace goes into an annotation queue", async () => {
  page = await story.open(`${runs.projectPath}/logs?trace=${runs.after}`);
  await page.getByRole("treeitem", { name: /^pay/ }).waitFor();
  await page.getByRole("button", { name: "More actions" }).click();
  await page.getByRole("menuitem", { name: "Delete" }).waitFor();
  assert.deepEqual(await seriousViolations(page), []);
  await page.keyboard.press("Escape");
  await choose("Add the trace to a queue");
  await page.getByRole("dialog").getByRole("button", { name: "Add" }).click();
  await page.getByText("Added 1 to odd trips.").waitFor();
});

test("and into a file, with its spans and every digit", async () => {
  const downloading = page.waitForEvent("download");
  await choose("Export the trace as JSON");
  const file = await downloading;
  assert.equal(file.suggestedFilename(), `trace-${runs.after}.json`);
  const trace = JSON.parse(await readFile(await file.path(), "utf8"));
  assert.equal(trace.id, runs.after);
  assert.deepEqual(trace.input, { question: "Plan a trip to Bergen\nfor two people" });
  assert.deepEqual(trace.spans.map(({ name }) => name), ["search flights", "ask the model", "book a hotel", "pay"]);
  assert.equal(trace.spans[3].error.exceptionType, "PaymentError");
  assert.equal(trace.spans[3].parentSpanId, trace.spans[2].id);
  await page.getByText("Exported the trace with 4 spans.").waitFor();
});

test("or its spans as rows of a file", async () => {
  const downloading = page.waitForEvent("download");
  await page.getByRole("button", { name: "More actions" }).focus();
  await page.keyboard.press("Enter");
  await page.keyboard.type("Spans as CSV");
  await page.keyboard.press("Enter");
  const file = await downloading;
  assert.equal(file.suggestedFilename(), `trace-${runs.after}.csv`);
  const [heads, ...lines] = (await readFile(await file.path(), "utf8")).trimEnd().split("\r\n");
  assert.match(heads, /^id,parent_span_id,name,type,start_time,.*,input,output,metadata$/);
  assert.equal(lines.length, 4);
  assert.match(lines[1], /,ask the model,llm,.*,gpt-4o-mini,openai,300,0\.01,/);
  assert.match(lines[3], /,pay,tool,.*,PaymentError: card declined,.*"\{""card"":""1234""\}"/);
  await page.getByText("Exported the trace with 4 spans.").first().waitFor();
});

test("its spans are looked at as a table", async () => {
  await choose("Spans as a table");
  await eventually("all of them", async () => (await page.getByRole("grid", { name: "Spans" }).getByRole("row").count()) === 5);
  await page.getByRole("button", { name: /^trace_id/ }).first().waitFor();
  await page.goBack();
  await page.getByRole("treeitem", { name: /^pay/ }).waitFor();
});

test("the rows of its tree tell what one wants to see", async () => {
  await page.getByRole("button", { name: "What rows tell" }).focus();
  await page.keyboard.press("Enter");
  for (const fact of ["Tokens", "Model"]) await page.getByRole("menuitemcheckbox", { name: fact, exact: true }).click();
  await page.getByRole("menuitemcheckbox", { name: "Duration" }).click();
  await page.keyboard.press("Escape");
  const row = page.getByRole("treeitem", { name: /^ask the model, gpt-4o-mini, 300 tokens, \$/ });
  await row.waitFor();
  assert.deepEqual(await seriousViolations(page), []);
  await page.reload();
  await row.waitFor();
});

test("the rows tell what was said of spans, as soon as it is said", async () => {
  const { trace } = await story.ask("query ($id: ID!) { trace(id: $id) { spans { nodes { id name } } } }", { id: runs.after });
  const pay = trace.spans.nodes.find(({ name }) => name === "pay").id;
  await page.getByRole("button", { name: "What rows tell" }).focus();
  await page.keyboard.press("Enter");
  for (const fact of ["Scores", "Tags"]) await page.getByRole("menuitemcheckbox", { name: fact }).click();
  await page.keyboard.press("Escape");
  await page.getByRole("treeitem", { name: /^plan the trip, helpfulness 0\.9, / }).waitFor();
  await story.put(`spans/${pay}/feedback-scores`, { name: "care", value: 0.25, source: "sdk" });
  await page.getByRole("treeitem", { name: /^pay, care 0\.25/ }).waitFor();
  await story.ask("mutation ($ids: [ID!]!) { tagSpans(ids: $ids, add: [\"card\"], remove: []) }", { ids: [pay] });
  await page.getByRole("treeitem", { name: /^pay, card, care 0\.25/ }).waitFor();
  assert.deepEqual(await seriousViolations(page), []);
  await page.reload();
  await page.getByRole("treeitem", { name: /^pay, card, care 0\.25/ }).waitFor();
});

test("the rows tell all that there is of spans, or nothing beside their names", async () => {
  const project = story.newName("told");
  const { before, projectPath } = await makeTwoRuns(story, project);
  await judge(story, project, before);
  const { trace } = await story.ask("query ($id: ID!) { trace(id: $id) { spans { nodes { id name } } } }", { id: before });
  const asked = trace.spans.nodes.find(({ name }) => name === "ask the model").id;
  const usage = { prompt_tokens: 150, completion_tokens: 50, total_tokens: 200 };
  await story.patch(`spans/${asked}`, { project_name: project, trace_id: before, usage });
  await story.post(`spans/${asked}/comments`, { text: "Too dear." });
  const window = await story.open(`${projectPath}/traces/${before}`, { viewport: { width: 2000, height: 800 } });
  const rows = window.getByRole("treeitem");
  const show = async (what) => {
    await window.getByRole("button", { name: "What rows tell" }).focus();
    await window.keyboard.press("Enter");
    await window.getByRole("menuitem", { name: what }).click();
  };
  await rows.nth(2).waitFor();
  await show("Show all");
  await rows.filter({ hasText: "precision" }).waitFor();
  const all = /^ask the model, precision 0\.8, failed PII, 1 comment, gpt-4o, 200 tokens, 150 in, 50 out, 2\.00 s, \$0\.020$/;
  assert.match(await rows.nth(2).getAttribute("aria-label"), all);
  assert.deepEqual(await seriousViolations(window), []);
  await window.reload();
  await rows.filter({ hasText: "1 comment" }).waitFor();
  await show("Hide all");
  await eventually("names alone", async () => (await rows.nth(2).innerText()).trim() === "ask the model" || (await rows.nth(2).innerText()));
  assert.deepEqual(window.complaints, []);
  await window.context().close();
});

test("spans that are no calls are left out, and stay so", async () => {
  const hide = page.getByRole("button", { name: "Hide spans that are no calls" });
  const hotel = page.getByRole("treeitem", { name: /^book a hotel/ });
  const pay = page.getByRole("treeitem", { name: /^pay/ });
  assert.equal(await pay.getAttribute("aria-level"), "3");
  await hide.focus();
  await page.keyboard.press("Enter");
  await hotel.waitFor({ state: "detached" });
  assert.equal(await pay.getAttribute("aria-level"), "2");
  await page.getByText("4 spans, 1 hidden").waitFor();
  assert.deepEqual(await seriousViolations(page), []);
  await page.reload();
  await pay.waitFor();
  assert.equal(await hotel.count(), 0);
  await page.getByRole("combobox", { name: "Search spans" }).fill("hotel");
  await hotel.click();
  await page.getByRole("button", { name: "Clear search spans" }).click();
  await eventually("what is chosen is never left out", async () => (await hotel.getAttribute("aria-selected")) === "true");
  await page.getByRole("treeitem", { name: /^plan the trip/ }).click();
  await hotel.waitFor({ state: "detached" });
  await hide.click();
  await hotel.waitFor();
});

test("spans are found by conditions within what they are part of, and a link brings the search along", async () => {
  const box = page.getByRole("combobox", { name: "Search spans" });
  const names = async () => (await page.getByRole("treeitem").evaluateAll((rows) => rows.map((row) => row.getAttribute("aria-label").split(",")[0])));
  const found = (what, ...expected) => eventually(what, async () => JSON.stringify(await names()) === JSON.stringify(expected));
  await box.focus();
  await page.keyboard.type("type:");
  await page.getByRole("option", { name: /^tool\s*2 spans/ }).waitFor();
  assert.deepEqual(await seriousViolations(page), []);
  await page.keyboard.type("tool");
  await found("tools, and what one of them is part of", "plan the trip", "search flights", "book a hotel", "pay");
  await page.keyboard.type(" AND error:true");
  await found("the tool that failed", "plan the trip", "book a hotel", "pay");
  await page.getByText("1 of 4 match").waitFor();
  await eventually("all of it in the address", async () => /find=type.*error/.test(page.url()));
  await page.reload();
  await found("the same after a reload", "plan the trip", "book a hotel", "pay");
  await box.fill("feedback.care < 0.5 OR duration < 1500ms OR model:mini");
  await found("by score and model", "plan the trip", "ask the model", "book a hotel", "pay");
  await box.fill("duration > soon");
  await page.getByRole("alert").filter({ hasText: "soon" }).waitFor();
  await found("all of them", "plan the trip", "search flights", "ask the model", "book a hotel", "pay");
  await box.fill("flights");
  await found("words, as ever", "plan the trip", "search flights");
  await box.fill("");
  await page.keyboard.press("Escape");
  await found("all again", "plan the trip", "search flights", "ask the model", "book a hotel", "pay");
  await eventually("an address without it", async () => !page.url().includes("find="));
});

test("it is deleted, and brought back by one key", async () => {
  await choose("Delete");
  await page.getByRole("dialog", { name: "Delete 1 trace?" }).getByRole("button", { name: "Delete" }).click();
  await page.getByText("This trace has been deleted.").waitFor();
  await eventually("one row less", async () => (await traceRows(page).count()) === 1);
  await page.getByRole("region", { name: "Input" }).getByText("Plan a trip to Bergen for two people").waitFor();
  assert.equal(await page.getByText("could not be read").count(), 0);
  await page.keyboard.press("u");
  await page.getByText("This trace has been deleted.").waitFor({ state: "detached" });
  await eventually("both rows", async () => (await traceRows(page).count()) === 2);
  assert.deepEqual(page.complaints, []);
  await page.context().close();
});

test("a trace leads to the prompt that it used", async () => {
  const project = story.newName("wares");
  await story.runWorld(project);
  const { content: [prompt] } = await story.get("prompts?name=support");
  const { latest_version: version } = await story.get(`prompts/${prompt.id}`);
  const used = [{ id: prompt.id, name: prompt.name, version: { id: version.id, version_number: "v2" } }];
  const made = await story.post("traces", { project_name: project, name: "greeter", start_time: new Date().toISOString(), metadata: { opik_prompts: used } });
  const id = made.headers.get("location").split("/").at(-1);
  const { content: [home] } = await story.get(`projects?name=${project}`);
  page = await story.open(`/default/projects/${home.id}/traces/${id}`);
  await page.getByRole("article").getByRole("link", { name: `${prompt.name} v2` }).click();
  await page.getByRole("heading", { level: 1, name: prompt.name }).waitFor();
  assert.deepEqual(page.complaints, []);
  await page.context().close();
});
