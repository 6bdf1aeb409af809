// The audit log: who did what, when and with what proof; narrowed down, followed live, taken back, by keys alone.
import assert from "node:assert/strict";
import { test } from "node:test";
import { uuid7 } from "./load.js";
import { eventually, seriousViolations, useBrowser } from "./story.js";

let project;
let page;

const story = useBrowser(async (story) => {
  project = story.newName("shop");
  for (const name of ["planner", "writer"]) {
    await story.post("traces", { project_name: project, name, start_time: new Date().toISOString(), input: { question: "why?" } });
  }
  for (const name of ["greeting", "farewell"]) {
    await story.post("prompts", { name, template: `Say ${name} to {{name}}`, project_name: project });
  }
  const { content } = await story.get("prompts?name=farewell");
  await story.post("prompts/delete", { ids: [content[0].id] });
});

const rowsOf = (window) => window.getByRole("table", { name: "What happened, newest first" }).getByRole("row").filter({ has: window.getByRole("cell") });
const rows = () => rowsOf(page);
const row = (text) => rows().filter({ hasText: text });
const dialog = () => page.getByRole("dialog");
const search = () => new URL(page.url()).searchParams;
const focused = () => page.evaluate(() => document.activeElement?.textContent);
const focusedRow = () => page.evaluate(() => Number(document.activeElement?.closest("tr")?.getAttribute("aria-rowindex")));

test("the navigation and the palette lead to it, and it tells the newest first", async () => {
  page = await story.open("/default/projects");
  await page.getByRole("navigation", { name: "Main" }).getByRole("link", { name: "Audit log" }).click();
  await rows().first().getByText("Prompt deleted").waitFor();
  assert.equal(await page.title(), "Audit log · Cairn");
  const trace = row("Trace recorded").filter({ hasText: "planner" });
  await trace.getByText(`trace in ${project}`).waitFor();
  await trace.getByText('"question": "why?"').waitFor();
  await trace.getByText("admin", { exact: true }).waitFor();
  assert.deepEqual(await seriousViolations(page), []);
  await page.goto(`${story.server.rootUrl}/default/projects`);
  await page.getByRole("link", { name: project }).waitFor();
  await page.keyboard.press("Control+k");
  await page.getByRole("dialog", { name: "Command palette" }).waitFor();
  await page.keyboard.type("audit");
  await page.getByRole("menuitem", { name: "Audit log" }).waitFor();
  await page.keyboard.press("Enter");
  await rows().first().waitFor();
});

test("it says whether it is signed, and how it is taken elsewhere", async () => {
  await page.getByText("The chain is signed every 10,000 events").waitFor();
  await page.getByRole("button", { name: "Export…" }).click();
  await dialog().getByText("cairn audit --export --data ./data > trail.jsonl").waitFor();
  await dialog().getByText("cairn verify --data ./copy").waitFor();
  assert.deepEqual(await seriousViolations(page), []);
  await page.keyboard.press("Escape");
  await dialog().waitFor({ state: "detached" });
});

test("it is narrowed down, the address keeps it, and a reload is the same view", async () => {
  await page.getByRole("radio", { name: "Decisions" }).click();
  await eventually("no recordings", async () => (await row("Trace recorded").count()) === 0);
  await page.getByLabel("Kind").selectOption({ label: "prompts" });
  await page.getByLabel("What was done").selectOption({ label: "deleted" });
  await eventually("one deletion", async () => (await rows().count()) === 1);
  await row("farewell").getByText("prompt in").waitFor();
  assert.deepEqual(Object.fromEntries(search()), { events: "decisions", area: "prompts", action: "delete" });
  await page.reload();
  await row("farewell").waitFor();
  assert.equal(await rows().count(), 1);
  assert.equal(await page.getByLabel("Kind").inputValue(), "prompts");
  await page.getByRole("searchbox", { name: "By whom" }).fill("eve");
  await page.keyboard.press("Enter");
  await page.getByRole("heading", { name: "No event is like this" }).waitFor();
  assert.deepEqual(await seriousViolations(page), []);
  await page.getByRole("button", { name: "Show everything" }).click();
  await row("Trace recorded").first().waitFor();
});

test("times are said by the clock on the wall", async () => {
  await page.getByLabel("When").selectOption({ label: "in the last hour" });
  await eventually("since when", async () => Date.now() - Date.parse(search().get("from")) < 3_700_000);
  await row("Trace recorded").first().waitFor();
  await page.getByLabel("From").fill("");
  await page.keyboard.press("Enter");
  await eventually("from the beginning", async () => search().get("from") === null);
  await page.goto(`${story.server.rootUrl}/default/audit-log?until=2026-01-01T00:00:00.000Z`);
  await page.getByLabel("Until").fill("2020-02-03T04:05");
  await page.keyboard.press("Enter");
  await page.getByRole("heading", { name: "No event is like this" }).waitFor();
  assert.match(search().get("until"), /^2020-02-0\dT\d\d:\d5:00.000Z$/);
  await page.getByRole("button", { name: "Export…" }).click();
  await dialog().getByText(`--until ${search().get("until")}`).waitFor();
  await page.keyboard.press("Escape");
  await page.getByRole("button", { name: "Clear", exact: true }).click();
  await row("Trace recorded").first().waitFor();
});

test("by keys alone one goes through the events, looks at one, takes it back and goes on", async () => {
  await page.goto(`${story.server.rootUrl}/default/audit-log?area=prompts`);
  await eventually("what was done with prompts", async () => (await rows().count()) === 5);
  await page.keyboard.press("j");
  await eventually("the newest", async () => (await focused()) === "Prompt deleted");
  await page.keyboard.press("j");
  await page.keyboard.press("k");
  await page.keyboard.press("Enter");
  await dialog().getByRole("heading", { name: "Prompt deleted" }).waitFor();
  await dialog().getByText("farewell").first().waitFor();
  const position = search().get("at");
  assert.deepEqual(await seriousViolations(page), []);
  await page.keyboard.press("j");
  await eventually("the one before it", async () => Number(search().get("at")) < Number(position));
  await page.keyboard.press("k");
  await eventually("the newest again", async () => search().get("at") === position);

  const undo = dialog().getByRole("button", { name: "Undo this change" });
  await undo.focus();
  await page.keyboard.press("Enter");
  await page.getByText("Undone: Prompt deleted.").waitFor();
  await dialog().getByText("undone", { exact: true }).waitFor();
  await page.keyboard.press("Escape");
  await dialog().waitFor({ state: "detached" });
  await eventually("back at its row", async () => (await focused()) === "Prompt deleted");
  await page.goto(`${story.server.rootUrl}/default/audit-log?area=history`);
  await row("Change undone").getByRole("link", { name: "farewell" }).waitFor();
  assert.equal((await story.get("prompts?name=farewell")).total, 1);
});

test("an event tells what it changed, leads to its thing, and to all about it", async () => {
  await page.goto(`${story.server.rootUrl}/default/audit-log`);
  const { content } = await story.get("prompts?name=greeting");
  await story.ask("mutation ($input: UpdatePromptInput!) { updatePrompt(input: $input) { id } }", { input: { id: content[0].id, name: "welcome" } });
  await row("Prompt changed").getByRole("link", { name: "Prompt changed" }).click();
  const changed = dialog().getByRole("region", { name: "What it changed" });
  await changed.getByText("greeting").waitFor();
  await changed.getByText("welcome").waitFor();
  await page.reload();
  await changed.getByText("welcome").waitFor();
  await page.keyboard.press("h");
  await dialog().getByText("Prompt version created").waitFor();
  await dialog().getByRole("button", { name: "Back to the event" }).click();
  await dialog().getByRole("button", { name: "All about this prompt" }).click();
  await dialog().waitFor({ state: "detached" });
  await eventually("only of the prompt", async () => (await rows().count()) === 3);
  await row("Prompt changed").getByRole("link", { name: "welcome" }).click();
  await page.getByRole("heading", { level: 1, name: "welcome" }).waitFor();
});

test("another window follows, and loses neither its place nor what it shows", async () => {
  await page.goto(`${story.server.rootUrl}/default/audit-log?events=decisions`);
  await rows().first().waitFor();
  const other = await story.open("/default/audit-log?area=environments");
  await other.getByRole("heading", { name: "No event is like this" }).waitFor();
  await story.ask("mutation ($input: EnvironmentInput!) { createEnvironment(input: $input) { id } }", { input: { name: "staging" } });
  await rowsOf(other).filter({ hasText: "staging" }).waitFor();
  await row("Environment created").waitFor();
  assert.deepEqual(other.complaints, []);
  assert.deepEqual(page.complaints, []);
});

test("where more happens at once than is read, that is said; and what is signed by then is told", async () => {
  await page.goto(`${story.server.rootUrl}/default/audit-log`);
  await rows().first().waitFor();
  const newest = await rows().first().getByText(/^#\d+$/).innerText();
  for (let batch = 0; batch < 11; batch += 1) {
    const traces = Array.from({ length: 1_000 }, () => ({ id: uuid7(), project_name: project, name: "rush", start_time: new Date().toISOString() }));
    await story.post("traces/batch", { traces });
  }
  const much = page.getByRole("button", { name: "Much has happened since: show the newest" });
  await much.waitFor();
  assert.equal(await rows().first().getByText(/^#\d+$/).innerText(), newest);
  await page.getByText(/^Signed up to position 1\d,\d{3},/).waitFor();
  assert.deepEqual(await seriousViolations(page), []);
  await much.click();
  await much.waitFor({ state: "detached" });
  await row("rush").first().waitFor();
});

test("thousands of events are gone through, and few of them are in the page at once", async () => {
  const table = page.getByRole("table", { name: "What happened, newest first" });
  await eventually("the end calls for more", async () => {
    await rows().last().scrollIntoViewIfNeeded();
    return Number(await table.getAttribute("aria-rowcount")) > 500;
  });
  assert.ok((await rows().count()) < 60, `${await rows().count()} rows are in the page`);
  await page.keyboard.press("j");
  await eventually("the newest has the focus", async () => (await focusedRow()) === 2);
  for (let step = 0; step < 120; step += 1) await page.keyboard.press("j");
  await eventually("far below", async () => (await focusedRow()) === 122);
  await page.keyboard.press("Enter");
  await dialog().getByRole("heading", { name: "Trace recorded" }).waitFor();
  await page.keyboard.press("j");
  await page.keyboard.press("Escape");
  await dialog().waitFor({ state: "detached" });
  await eventually("back at the row that was looked at last", async () => (await focusedRow()) === 123);
  assert.deepEqual(await seriousViolations(page), []);
});

test("somebody who did nothing is not found", async () => {
  await page.getByRole("searchbox", { name: "By whom" }).fill("nobody");
  await page.keyboard.press("Enter");
  await page.getByRole("heading", { name: "No event is like this" }).waitFor();
  assert.deepEqual(page.complaints, []);
});
