// A user works with many traces and spans at once: other columns, figures over time, and what is done with the chosen.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import { eventually, seriousViolations, traceRows, useBrowser } from "./story.js";

let project;
let logs;

const story = useBrowser(async (story) => {
  project = story.newName("shop");
  await story.runWorld(project);
  const { content } = await story.get(`projects?name=${project}`);
  logs = `/default/projects/${content[0].id}/logs`;
});

const spanRows = (page) => page.getByRole("grid", { name: "Spans" }).getByRole("row").filter({ has: page.getByRole("gridcell") });

async function openLogs(path = logs) {
  const page = await story.open(path);
  await traceRows(page).nth(2).waitFor();
  return page;
}

test("spans are listed as traces are, and lead to their place in the trace", async () => {
  const page = await openLogs();
  await page.getByRole("radio", { name: "Spans" }).click();
  await spanRows(page).nth(3).waitFor();
  await page.keyboard.press("f");
  await page.keyboard.type("type:llm AND model:gpt-4o-mini AND NOT error:true");
  await page.keyboard.press("Enter");
  await eventually("only LLM calls", async () => (await spanRows(page).allInnerTexts()).every((text) => text.includes("gpt-4o-mini")));
  await spanRows(page).first().click();
  const selected = page.getByRole("complementary", { name: "Trace" }).getByRole("treeitem", { selected: true });
  await selected.waitFor();
  assert.match(await selected.getAttribute("aria-label"), /^answer/);
  assert.match(page.url(), /logsType=spans/);
  assert.deepEqual(page.complaints, []);
  await page.context().close();
});

test("new spans appear in the open list without a reload", async () => {
  const page = await story.open(`${logs}?logsType=spans`);
  await spanRows(page).nth(2).waitFor();
  await story.runProgram(project, "verbena");
  await spanRows(page).filter({ hasText: "verbena" }).first().waitFor();
  await page.context().close();
});

test("an open list of spans follows what changes: rows come, leave the filter, and go with their trace", async () => {
  const name = story.newName("live");
  const home = `/default/projects/${await story.createProject(name)}/logs`;
  const trace = (await story.post("traces", { project_name: name, name: "trip", start_time: new Date().toISOString() })).headers.get("location").split("/").at(-1);
  const addSpan = async (words) => {
    const span = { project_name: name, trace_id: trace, type: "tool", start_time: new Date().toISOString(), ...words };
    return (await story.post("spans", span)).headers.get("location").split("/").at(-1);
  };
  const first = await addSpan({ name: "book", tags: ["open"] });
  const page = await story.open(`${home}?logsType=spans&filter=tags:open`);
  await spanRows(page).filter({ hasText: "book" }).waitFor();
  let reads = 0;
  page.on("request", (request) => {
    if (request.postData()?.includes("query SpansPage")) reads += 1;
  });
  await addSpan({ name: "pay", tags: ["open"] });
  await addSpan({ name: "unasked", tags: ["done"] });
  await spanRows(page).filter({ hasText: "pay" }).waitFor();
  await story.patch(`spans/${first}`, { project_name: name, trace_id: trace, tags: ["done"] });
  await spanRows(page).filter({ hasText: "book" }).waitFor({ state: "detached" });
  assert.equal(await spanRows(page).filter({ hasText: "unasked" }).count(), 0);
  await story.post("traces/delete", { ids: [trace] });
  await page.getByText("Nothing matches").waitFor();
  assert.equal(reads, 0, "the list is followed, not read anew");
  assert.deepEqual(page.complaints, []);
  await page.context().close();
});

test("a column shows what stands at a path, is kept as a set and travels in the address", async () => {
  // Runs of the evaluation are newer, and have neither tags nor metadata.
  const page = await openLogs(`${logs}?filter=has:tags`);
  const choose = async (name) => {
    await page.getByRole("button", { name: "Columns" }).click();
    await page.getByRole("menuitem", { name }).click();
  };
  await choose(/JSON path/);
  await page.getByLabel("Path").fill("metadata.customer.plan");
  await page.keyboard.press("Enter");
  await page.getByRole("columnheader", { name: "metadata.customer.plan" }).waitFor();
  await eventually("plans in the rows", async () => /\b(free|pro|team)\b/.test(await traceRows(page).nth(3).innerText()));
  await choose("Column sets…");
  await page.getByLabel("Save the columns of now as").fill("plans");
  await page.keyboard.press("Enter");
  await page.keyboard.press("Escape");
  await choose("Reset columns");
  await page.getByRole("columnheader", { name: "metadata.customer.plan" }).waitFor({ state: "detached" });
  await choose("plans");
  await choose("Put columns in the address");
  const address = page.url().slice(story.server.rootUrl.length);
  const colleague = await openLogs(address);
  await colleague.getByRole("columnheader", { name: "metadata.customer.plan" }).waitFor();
  await colleague.context().close();
  await page.context().close();
});

test("columns tell what the scores of spans come to, and of which experiments a trace is a run", async () => {
  const name = story.newName("judged");
  const made = async (path, body) => (await story.post(path, body)).headers.get("location").split("/").at(-1);
  const start_time = new Date().toISOString();
  const traces = [];
  for (const [trace, values] of [["careful", [0.9, 0.7]], ["hasty", [0.2]]]) {
    const id = await made("traces", { project_name: name, name: trace, start_time });
    traces.push(id);
    for (const value of values) {
      const span = await made("spans", { project_name: name, trace_id: id, name: "step", type: "tool", start_time });
      await story.put(`spans/${span}/feedback-scores`, { name: "care", value, source: "sdk" });
    }
  }
  await story.put("datasets/items", { dataset_name: name, project_name: name, items: [{ source: "sdk", data: { n: 1 } }] });
  const { content: [dataset] } = await story.get(`datasets?name=${name}`);
  const { content: [item] } = await story.get(`datasets/${dataset.id}/items`);
  const experiment_id = await made("experiments", { dataset_name: name, name: "first try", project_name: name });
  await story.post("experiments/items", { experiment_items: [{ experiment_id, dataset_item_id: item.id, trace_id: traces[0] }] });
  const { content: [home] } = await story.get(`projects?name=${name}`);
  const page = await story.open(`/default/projects/${home.id}/logs`);
  const row = (trace) => traceRows(page).filter({ hasText: trace });
  await row("careful").waitFor();
  await page.getByRole("button", { name: "Columns" }).focus();
  await page.keyboard.press("Enter");
  for (const column of ["span_feedback.care", "Experiments"]) await page.getByRole("menuitemcheckbox", { name: column, exact: true }).click();
  await page.keyboard.press("Escape");
  await row("careful").getByRole("gridcell", { name: "0.8", exact: true }).waitFor();
  await row("careful").getByRole("gridcell", { name: "first try", exact: true }).waitFor();
  await row("hasty").getByRole("gridcell", { name: "0.2", exact: true }).waitFor();
  await page.getByRole("button", { name: "care of spans", exact: true }).click();
  await eventually("the best first", async () => /sort=-span_feedback.care/.test(page.url()) && /^\W*careful/.test(await traceRows(page).first().innerText()));
  assert.deepEqual(await seriousViolations(page), []);
  await page.reload();
  await row("careful").getByRole("gridcell", { name: "first try", exact: true }).waitFor();
  const { trace } = await story.ask("query ($id: ID!) { trace(id: $id) { spans { nodes { id } } } }", { id: traces[1] });
  await story.put(`spans/${trace.spans.nodes[0].id}/feedback-scores`, { name: "care", value: 1, source: "sdk" });
  await row("hasty").getByRole("gridcell", { name: "1", exact: true }).waitFor();
  assert.deepEqual(page.complaints, []);
  await page.context().close();
});

test("higher rows show more of a text, and stay so", async () => {
  const page = await openLogs();
  const height = async () => (await traceRows(page).first().boundingBox()).height;
  const low = await height();
  await page.getByRole("button", { name: "Row height" }).click();
  await page.getByRole("menuitemradio", { name: "High rows" }).click();
  await eventually("higher", async () => (await height()) > low * 2);
  await page.reload();
  await traceRows(page).first().waitFor();
  assert.ok((await height()) > low * 2);
  await page.context().close();
});

test("what a column comes to stands beneath its head, in the figure that is chosen for it, and stays so", async () => {
  const page = await openLogs();
  const cell = (label) => page.getByRole("columnheader", { name: `Figures of ${label}`, exact: true });
  const toggle = page.getByRole("button", { name: "Figures in the head" });
  assert.equal(await cell("Duration").count(), 0);
  await toggle.focus();
  await page.keyboard.press("Enter");
  assert.equal(await toggle.getAttribute("aria-pressed"), "true");
  const duration = cell("Duration").getByRole("button");
  await duration.waitFor();
  assert.match(await duration.textContent(), /^Duration: p50 [\d.]+ (s|ms|µs)$/);
  assert.match(await cell("Cost").getByRole("button").textContent(), /^Cost: sum \$/);
  assert.equal(await cell("Input").getByRole("button").count(), 0, "words have no figures");
  assert.equal(await page.getByRole("grid", { name: "Traces" }).getByRole("row").first().getAttribute("aria-rowindex"), "1");
  assert.equal(await traceRows(page).first().getAttribute("aria-rowindex"), "3");
  const heads = await page.getByRole("rowgroup").first().boundingBox();
  assert.ok((await traceRows(page).first().boundingBox()).y >= heads.y + heads.height, "no row lies beneath the head");
  assert.deepEqual(await seriousViolations(page), []);
  await duration.press("Enter");
  await page.getByRole("menuitemradio", { name: /^max / }).press("Enter");
  await eventually("the longest", async () => /^Duration: max /.test(await duration.textContent()));
  await page.reload();
  await duration.waitFor();
  const longest = await duration.textContent();
  assert.match(longest, /^Duration: max /);
  await page.goto(`${page.url()}?filter=error:true`);
  await eventually("the longest of what is listed alone", async () => (await duration.count()) === 1 && (await duration.textContent()) !== longest);
  await toggle.click();
  await duration.waitFor({ state: "detached" });
  assert.deepEqual(page.complaints, []);
  await page.context().close();
});

test("the figures tell each stretch of time by key, and go into a file", async () => {
  const page = await openLogs();
  const cost = page.getByRole("region", { name: "Cost", exact: true });
  await cost.getByRole("application").focus();
  await page.keyboard.press("ArrowRight");
  await eventually("a value with its time", async () => /\d\d:\d\d – \d\d:\d\d[\s\S]*cost[\s\S]*(\$|no values)/.test(await cost.innerText()));
  assert.match(await cost.innerText(), /per .*, UTC/);
  const every = page.getByRole("region", { name: "Figures" }).getByText(/^per .*, UTC$/);
  for (const width of [1_200, 1_440, 1_700, 1_920]) {
    await page.setViewportSize({ width, height: 800 });
    const cut = await every.evaluateAll((all) => all.filter(({ scrollWidth, clientWidth }) => clientWidth === 0 || scrollWidth > clientWidth).length);
    assert.deepEqual([await every.count(), cut], [5, 0], `at ${width}`);
  }
  const downloading = page.waitForEvent("download");
  await cost.getByRole("button", { name: "Cost as CSV" }).click();
  const lines = (await readFile(await (await downloading).path(), "utf8")).trim().split("\r\n");
  assert.equal(lines[0], "time (UTC),cost (US dollars)");
  assert.ok(lines.length > 10, lines.length);
  await page.context().close();
});

test("figures of a stretch of time tell how they changed against the one before", async () => {
  const name = story.newName("pulse");
  const home = `/default/projects/${await story.createProject(name)}/logs`;
  const at = (minutes, took) => {
    const start = Date.now() - minutes * 60_000;
    return { project_name: name, name: "beat", start_time: new Date(start).toISOString(), end_time: new Date(start + took).toISOString() };
  };
  await story.post("traces/batch", { traces: [at(5, 200), at(10, 200), at(15, 200), at(70, 100), at(80, 100), at(200, 900)] });
  const page = await story.open(`${home}?filter=start > -1h`);
  const count = page.getByRole("region", { name: "Count", exact: true });
  await count.getByText("+50%").waitFor();
  assert.equal(await count.locator("small").getAttribute("title"), "2 in the hour before");
  await page.getByRole("region", { name: "Duration p50 / p99" }).getByText("+100%").waitFor();
  await page.getByRole("region", { name: "Errors" }).getByText("±0 points").waitFor();
  await page.getByRole("button", { name: "Remove filter start > -1h" }).click();
  await count.getByText("+50%").waitFor({ state: "detached" });
  assert.deepEqual(page.complaints, []);
  await page.context().close();
});

test("keys choose traces, which then get a tag, go into a file, and are deleted", async () => {
  const page = await openLogs();
  for (const key of ["j", "x", "j", "x"]) await page.keyboard.press(key);
  const bar = page.getByRole("region", { name: "Selection" });
  await bar.getByText("2 selected").waitFor();
  assert.deepEqual(await seriousViolations(page), []);

  await bar.getByRole("button", { name: "Tags" }).click();
  await page.getByLabel("Add", { exact: true }).fill("seen, twice");
  await page.keyboard.press("Enter");
  await traceRows(page).nth(1).getByText("twice").waitFor();

  const downloading = page.waitForEvent("download");
  await bar.getByRole("button", { name: "Export" }).click();
  await page.getByRole("menuitem", { name: "Shown columns as JSON" }).click();
  const rows = JSON.parse(await readFile(await (await downloading).path(), "utf8"));
  assert.equal(rows.length, 2);
  assert.ok(rows[0].tags.includes("seen"));

  const count = async () => Number((await page.getByText(/^\d+ traces$/).innerText()).split(" ")[0]);
  const before = await count();
  await bar.getByRole("button", { name: "Delete" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Delete" }).click();
  await eventually("two traces less", async () => (await count()) === before - 2);
  await page.getByText("Deleted 2 traces.").waitFor();
  assert.deepEqual(page.complaints, []);
  await page.context().close();
});

test("space is for a glance, and a second one ends it", async () => {
  const page = await openLogs();
  await page.keyboard.press("j");
  await page.keyboard.press(" ");
  const panel = page.getByRole("complementary", { name: "Trace" });
  await panel.waitFor();
  await page.keyboard.press(" ");
  await panel.waitFor({ state: "detached" });
  await page.context().close();
});
