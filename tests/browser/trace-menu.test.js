// What is done with a single open trace, as with many of a list: it is judged, taken away as a file, and deleted.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import { makeTwoRuns } from "./runs.js";
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
  await choose("Export");
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

test("it is deleted, and brought back by one key", async () => {
  await choose("Delete");
  await page.getByRole("dialog", { name: "Delete 1 trace?" }).getByRole("button", { name: "Delete" }).click();
  await page.getByText("This trace has been deleted.").waitFor();
  await eventually("one row less", async () => (await traceRows(page).count()) === 1);
  await page.keyboard.press("u");
  await page.getByText("This trace has been deleted.").waitFor({ state: "detached" });
  await eventually("both rows", async () => (await traceRows(page).count()) === 2);
  assert.deepEqual(page.complaints, []);
  await page.context().close();
});
