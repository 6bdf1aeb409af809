// Somebody keeps house among projects: makes one, says what it is for, compares what they cost, deletes and brings back.
import assert from "node:assert/strict";
import { test } from "node:test";
import { uuid7 } from "./load.js";
import { eventually, seriousViolations, traceRows, useBrowser } from "./story.js";

let [busy, quiet] = ["", ""];
let page;

const story = useBrowser(async (story) => {
  busy = story.newName("busy");
  quiet = story.newName("quiet");
  await story.runProgram(busy, "indigo");
  await story.runProgram(busy, "crimson", "--fails");
  await story.runProgram(quiet, "ochre");
  page = await story.open("/default/projects");
  await page.getByRole("link", { name: busy }).waitFor();
});

const row = (name) => page.getByRole("row").filter({ has: page.getByRole("link", { name }) });
const names = async () => (await page.getByRole("rowheader").getByRole("link").allInnerTexts()).map((name) => name.split("-")[0]);
const cellOf = async (name, label) => {
  const labels = await page.getByRole("columnheader").allInnerTexts();
  return row(name).getByRole("cell").nth(labels.indexOf(label) - 1).innerText();
};
const act = async (name, action) => {
  await row(name).getByRole("button", { name: `Actions of ${name}` }).click();
  await page.getByRole("menuitem", { name: action }).click();
};

test("the list says how much, how fast, how dear and how often something failed", async () => {
  await eventually("figures of the traces", async () => (await cellOf(busy, "Errors")) === "1" || cellOf(busy, "Errors"));
  assert.equal(await cellOf(busy, "Traces"), "2");
  assert.equal(await cellOf(quiet, "Errors"), "0");
  assert.match(await cellOf(busy, "Duration p50"), /^[\d.]+ (µs|ms|s)$/);
  assert.match(await cellOf(busy, "Cost"), /^\$/);
  assert.match(await cellOf(busy, "Last activity"), /ago|just now/);
});

test("it is sorted by what one looks for, and the address keeps the order", async () => {
  assert.deepEqual(await names(), ["quiet", "busy"]);
  await page.getByRole("button", { name: "Errors" }).click();
  await eventually("the one with errors first", async () => (await names()).join() === "busy,quiet");
  await page.reload();
  await eventually("still so", async () => (await names()).join() === "busy,quiet");
  assert.match(page.url(), /sort=-errors/);
  await page.getByRole("button", { name: "Name" }).click();
  await page.getByRole("button", { name: "Name" }).click();
  await eventually("by name", async () => (await names()).join() === "busy,quiet");
  assert.equal(await page.getByRole("columnheader", { name: "Name" }).getAttribute("aria-sort"), "ascending");
});

test("figures follow what is recorded meanwhile", async () => {
  await story.runProgram(quiet, "umber", "--fails");
  await eventually("two traces", async () => (await cellOf(quiet, "Traces")) === "2");
  await eventually("one of them failed", async () => (await cellOf(quiet, "Errors")) === "1");
});

test("which columns are shown is chosen, and remembered", async () => {
  await page.getByRole("button", { name: "Columns" }).click();
  await page.getByRole("menuitemcheckbox", { name: "Duration p99" }).click();
  await page.keyboard.press("Escape");
  await page.reload();
  await page.getByRole("columnheader", { name: "Duration p99" }).waitFor();
});

test("tokens are told as they went in and came out, and projects are sorted by when they were changed", async () => {
  await page.getByRole("button", { name: "Columns" }).click();
  for (const column of ["Input tokens per trace", "Output tokens per trace", "Last updated"]) {
    await page.getByRole("menuitemcheckbox", { name: column }).click();
  }
  await page.keyboard.press("Escape");
  await eventually("what went in", async () => (await cellOf(busy, "Input tokens per trace")) === "100" || cellOf(busy, "Input tokens per trace"));
  assert.equal(await cellOf(busy, "Output tokens per trace"), "20");
  assert.match(await cellOf(busy, "Last updated"), /ago|just now/);
  await page.getByRole("button", { name: "Last updated" }).focus();
  await page.keyboard.press("Enter");
  await eventually("the one changed last first", async () => (await names()).join() === "quiet,busy" || (await names()).join());
  await page.keyboard.press("Enter");
  await eventually("the one left alone longest first", async () => (await names()).join() === "busy,quiet" || (await names()).join());
});

test("projects stand by the tokens that went in and came out, also after a reload", async () => {
  const start_time = new Date().toISOString();
  const [id, trace_id] = [uuid7(), uuid7()];
  await story.post("traces/batch", { traces: [{ id: trace_id, name: "ask", project_name: quiet, start_time }] });
  const usage = { prompt_tokens: 5, completion_tokens: 900 };
  await story.post("spans/batch", { spans: [{ id, trace_id, name: "call", project_name: quiet, start_time, usage }] });
  await eventually("much came out", async () => (await cellOf(quiet, "Output tokens per trace")) !== "20");
  for (const [column, most, field] of [["Output tokens per trace", "quiet,busy", "tokens_out"], ["Input tokens per trace", "busy,quiet", "tokens_in"]]) {
    await page.getByRole("button", { name: column }).focus();
    await page.keyboard.press("Enter");
    await eventually("the most first", async () => (await names()).join() === most || (await names()).join());
    assert.match(page.url(), new RegExp(`sort=-${field}`));
    await page.getByRole("button", { name: column }).click();
    const least = most.split(",").reverse().join();
    await eventually("the least first", async () => (await names()).join() === least || (await names()).join());
    await page.reload();
    await eventually("still so", async () => (await names()).join() === least || (await names()).join());
    assert.equal(await page.getByRole("columnheader", { name: column }).getAttribute("aria-sort"), "ascending");
  }
  await page.getByRole("button", { name: "Created", exact: true }).click();
});

test("a project is made, and gets another name and a description", async () => {
  await page.getByRole("button", { name: "New project" }).click();
  assert.match(page.url(), /create=/);
  await page.getByRole("textbox", { name: "Name" }).fill("draft");
  await page.keyboard.press("Enter");
  await page.getByText("No traces yet").or(page.getByText("Send your first trace")).first().waitFor();
  await page.goto(`${story.server.rootUrl}/default/projects`);
  await act("draft", /Edit/);
  await page.getByRole("textbox", { name: "Name" }).fill(busy);
  await page.getByRole("button", { name: "Save" }).click();
  await page.getByRole("dialog").getByRole("alert").waitFor();
  await page.getByRole("textbox", { name: "Name" }).fill("shop");
  await page.getByRole("textbox", { name: /Description/ }).fill("What customers are told.");
  await page.getByRole("button", { name: "Save" }).click();
  await row("shop").getByText("What customers are told.").waitFor();
  assert.equal(await page.getByRole("dialog").count(), 0);
  await act("shop", /Edit/);
  await page.getByRole("textbox", { name: /Description/ }).fill("");
  await page.getByRole("button", { name: "Save" }).click();
  await eventually("no description", async () => (await row("shop").getByText("What customers").count()) === 0);
});

test("a deleted project comes back with its traces", async () => {
  await act(busy, /Delete/);
  assert.deepEqual(await seriousViolations(page), []);
  await page.getByRole("dialog").getByRole("button", { name: "Delete" }).click();
  await eventually("it is gone", async () => (await row(busy).count()) === 0);
  await page.keyboard.press("u");
  await row(busy).waitFor();
  await page.getByRole("link", { name: busy }).click();
  await page.getByRole("navigation", { name: "Main" }).getByRole("link", { name: "Logs" }).click();
  await traceRows(page).nth(1).waitFor();
});

test("several are chosen, deleted at once, and come back together", async () => {
  await page.goto(`${story.server.rootUrl}/default/projects`);
  await page.getByRole("checkbox", { name: "Choose all that are shown" }).check();
  await page.getByRole("button", { name: "Delete 3" }).waitFor();
  await row("shop").getByRole("checkbox", { name: "Choose shop" }).uncheck();
  await page.getByRole("button", { name: "Delete 2" }).click();
  await page.getByRole("dialog", { name: "Delete 2 projects?" }).getByRole("button", { name: "Delete" }).click();
  await page.getByText("Deleted 2 projects.").waitFor();
  await eventually("one is left", async () => (await names()).join() === "shop");
  await page.keyboard.press("u");
  for (const name of [busy, quiet]) await row(name).waitFor();
});

test("another window sees it all", async () => {
  await page.goto(`${story.server.rootUrl}/default/projects`);
  await row("shop").waitFor();
  const { content } = await story.get("projects?name=shop");
  await story.patch(`projects/${content[0].id}`, { name: "workshop" });
  await row("workshop").waitFor();
  assert.deepEqual(page.complaints.filter((text) => !text.includes("already")), []);
});

test("of many projects the first by an order come first, whichever page they were made on", async () => {
  const ask = "mutation ($name: String!) { createProject(input: { name: $name }) { id } }";
  // The last by name is the newest: in the order in which they were made it would stand first.
  for (let at = 1; at <= 110; at += 1) await story.ask(ask, { name: `many ${String(at).padStart(3, "0")}` });
  const many = await story.open("/default/projects?name=many&sort=name");
  const shown = () => many.getByRole("table", { name: "Projects" }).getByRole("link").allInnerTexts();
  await eventually("a page of them", async () => (await shown()).length === 100);
  assert.deepEqual([(await shown())[0], (await shown()).at(-1)], ["many 001", "many 100"]);
  await story.ask(ask, { name: "many 000" });
  await eventually("one that is made stands in its place", async () => (await shown())[0] === "many 000");
  await many.getByRole("button", { name: /more/i }).click();
  await eventually("all of them", async () => (await shown()).length === 111);
  assert.equal((await shown()).at(-1), "many 110");
  assert.deepEqual(many.complaints, []);
  await many.context().close();
});
