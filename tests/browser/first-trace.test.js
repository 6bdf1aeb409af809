// A newcomer opens the page, sends a first trace and watches it appear.
import assert from "node:assert/strict";
import { test } from "node:test";
import { eventually, traceRows, useBrowser } from "./story.js";

const story = useBrowser();
const project = story.newName("shop");
let page;

test("a fresh server shows how to send the first trace", async () => {
  page = await story.open("/");
  await page.getByRole("heading", { name: "Send your first trace" }).waitFor();
  await page.getByRole("tab", { name: "Python" }).waitFor();
  const guide = await page.getByRole("tabpanel").innerText();
  assert.ok(guide.includes("pip install opik"), guide);
  assert.ok(guide.includes(`OPIK_URL_OVERRIDE=${story.server.rootUrl}/api`), guide);
  await page.getByRole("tab", { name: "OpenTelemetry" }).click();
  assert.ok((await page.getByRole("tabpanel").innerText()).includes("/api/v1/private/otel"));
});

test("the page becomes the live project when the first trace arrives", async () => {
  await page.evaluate(() => (globalThis.isTheSamePage = true));
  await story.runProgram(project, "heliotrope");
  await traceRows(page).filter({ hasText: "agent" }).waitFor();
  assert.match(page.url(), /\/projects\/[0-9a-f-]{36}\/logs/);
  assert.equal(await page.evaluate(() => globalThis.isTheSamePage), true);
  assert.equal(await traceRows(page).count(), 1);
  assert.match(await traceRows(page).innerText(), /The answer holds heliotrope/);
});

test("the next traces appear in the open list without a reload", async () => {
  for (const count of [2, 3]) {
    await story.runProgram(project, `word${count}`);
    await eventually(`${count} traces in the list`, async () => (await traceRows(page).count()) === count);
  }
  assert.match(await traceRows(page).first().innerText(), /word3/);
  assert.equal(await page.evaluate(() => globalThis.isTheSamePage), true);
});

test("the open trace shows its nested spans", async () => {
  await traceRows(page).filter({ hasText: "heliotrope" }).click();
  const panel = page.getByRole("complementary", { name: "Trace" });
  const tree = panel.getByRole("tree");
  await tree.getByRole("treeitem", { name: /^look_up/ }).waitFor();
  const items = await tree.getByRole("treeitem").all();
  const levels = await Promise.all(
    items.map(async (item) => [(await item.getAttribute("aria-label")).split(",")[0], await item.getAttribute("aria-level")]),
  );
  assert.deepEqual(levels, [["agent", "1"], ["agent", "2"], ["answer", "3"], ["look_up", "4"]]);
  const summary = await panel.getByLabel("Summary").innerText();
  assert.match(summary, /Spans\s+3/i);
  assert.match(summary, /LLM calls\s+1/i);
  assert.match(summary, /Tokens\s+120/i);
});

test("a chosen span shows what went in and what came out", async () => {
  const panel = page.getByRole("complementary", { name: "Trace" });
  await panel.getByRole("treeitem", { name: /^look_up/ }).click();
  const details = panel.getByRole("region", { name: "Details" });
  await details.getByRole("heading", { name: "look_up" }).waitFor();
  assert.match(await details.getByRole("region", { name: "Input" }).innerText(), /what is it/);
  assert.match(await details.getByRole("region", { name: "Output" }).innerText(), /The answer holds heliotrope/);
  await panel.getByRole("treeitem", { name: /^answer/ }).click();
  await details.getByText("gpt-4o-mini").first().waitFor();
});

test("the address leads a colleague to the same span", async () => {
  const colleague = await story.open(page.url().slice(story.server.rootUrl.length));
  const selected = colleague.getByRole("treeitem", { selected: true });
  await selected.waitFor();
  assert.match(await selected.getAttribute("aria-label"), /^answer/);
  await colleague.context().close();
});

test("a failed call is seen in the tree and explained", async () => {
  await story.runProgram(project, "nothing", "--fails");
  await eventually("the failed trace in the list", async () => (await traceRows(page).count()) === 4);
  await traceRows(page).first().click();
  const panel = page.getByRole("complementary", { name: "Trace" });
  await panel.getByRole("treeitem", { name: /^look_up,.* failed$/ }).click();
  const error = panel.getByLabel("Error", { exact: true });
  await error.waitFor();
  assert.match(await error.innerText(), /LookupError/);
  assert.match(await error.innerText(), /no nothing here/);
});

test("where traces come in all the time, the page tells of them and waits for a new project", async () => {
  const guide = await story.open("/default/get-started");
  await guide.getByText("Waiting for the first trace").waitFor();
  await story.runProgram(project, "amber");
  await guide.getByText(`A trace has arrived in ${project}`).waitFor();
  const other = story.newName("other");
  await story.runProgram(other, "teal");
  await traceRows(guide).filter({ hasText: "teal" }).waitFor();
  await guide.goBack();
  await guide.getByRole("heading", { name: "Send your first trace" }).waitFor();
  assert.deepEqual(guide.complaints, []);
  await guide.context().close();
});

test("one press makes a demo project with everything in it, and a second press opens the same", async () => {
  const guide = await story.open("/default/get-started");
  await guide.getByRole("button", { name: "Open a demo project" }).click();
  await traceRows(guide).filter({ hasText: "buying planner" }).waitFor();
  const address = guide.url();
  const rows = await traceRows(guide).count();
  assert.ok(rows >= 19, `${rows} traces`);
  await guide.getByRole("radio", { name: "Threads" }).click();
  await guide.getByRole("grid", { name: "Threads" }).getByText("visitor 4711").first().waitFor();
  const [{ id }] = (await story.get(`projects?name=${encodeURIComponent("Demo: a coffee shop")}`)).content;
  const { content } = await story.get("projects/stats?size=100");
  const figures = content.find(({ project_id }) => project_id === id);
  assert.equal(figures.error_count.count, 2);
  assert.ok(figures.total_estimated_cost_sum > 0, "calls have a cost");
  assert.deepEqual(figures.feedback_scores.map(({ name }) => name).sort(), ["grounded", "helpfulness"]);
  await guide.goto(`${story.server.rootUrl}/default/get-started`);
  await guide.getByRole("button", { name: "Open a demo project" }).click();
  await eventually("the same project", async () => guide.url() === address);
  await eventually("as many traces", async () => (await traceRows(guide).count()) === rows);
  assert.deepEqual(guide.complaints, []);
  await guide.context().close();
});

test("the page complained about nothing and asked no stranger", () => {
  assert.deepEqual(page.complaints, []);
});
