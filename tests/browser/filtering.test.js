// A user who knows neither fields nor values finds them while filtering, and changes a filter where it stands.
import assert from "node:assert/strict";
import { test } from "node:test";
import { eventually, seriousViolations, traceRows, useBrowser } from "./story.js";

let logs;

const story = useBrowser(async (story) => {
  const project = story.newName("shop");
  await story.runWorld(project);
  const { content } = await story.get(`projects?name=${project}`);
  logs = `/default/projects/${content[0].id}/logs`;
});

const rowsOf = (page, name) => page.getByRole("grid", { name }).getByRole("row").filter({ has: page.getByRole("gridcell") });
const box = (page) => page.getByRole("combobox", { name: "Filter", exact: true });
const offered = (page, name = "Filter") => page.getByRole("listbox", { name: `${name}: suggestions` }).getByRole("option");
const chip = (page, name) => page.getByRole("list", { name: "Filters" }).getByRole("button", { name, exact: true });
const filterOf = (page) => new URL(page.url()).searchParams.get("filter");

async function openLogs(search = "", grid = "Traces") {
  const page = await story.open(`${logs}${search}`);
  await rowsOf(page, grid).first().waitFor();
  return page;
}

test("the box offers the values that were recorded, with their counts, and keys take one", async () => {
  const page = await openLogs("?logsType=spans", "Spans");
  await page.keyboard.press("f");
  await page.keyboard.type("mod");
  await offered(page).filter({ hasText: "of an LLM call" }).first().waitFor();
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Enter");
  const models = ["gpt-4o", "gpt-4o-mini", "claude-sonnet-4"];
  await eventually("all models", async () => {
    const texts = await offered(page).allInnerTexts();
    return models.every((model) => texts.some((text) => text.startsWith(model) && /20 spans/.test(text)));
  });
  await page.keyboard.type("mini");
  await eventually("one model is left", async () => (await offered(page).count()) === 1);
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Enter");
  assert.equal(await box(page).inputValue(), "model = gpt-4o-mini ");
  await page.keyboard.type("AND error:");
  await eventually("failures of this model alone", async () => (await offered(page).allInnerTexts()).some((text) => /^true\s+7 spans/.test(text)));
  await page.keyboard.type("true");
  await page.keyboard.press("Enter");
  await eventually("the filter is in the address", async () => filterOf(page) === "model = gpt-4o-mini AND error:true");
  assert.deepEqual(page.complaints, []);
  await page.context().close();
});

test("among more values than are told the one that is meant is found by typing", async () => {
  const name = story.newName("many");
  const home = `/default/projects/${await story.createProject(name)}/logs`;
  const start = new Date().toISOString();
  const traces = Array.from({ length: 70 }, (_, number) => ({ project_name: name, name: `step ${number + 100}`, start_time: start }));
  await story.post("traces/batch", { traces });
  const page = await story.open(home);
  await traceRows(page).first().waitFor();
  await page.keyboard.press("f");
  await page.keyboard.type("name:");
  await page.getByText("There are more: go on typing to find them").waitFor();
  await page.keyboard.type("169");
  await offered(page).filter({ hasText: "step 169" }).click();
  assert.equal(await box(page).inputValue(), 'name = "step 169" ');
  await page.context().close();
});

test("paths of the metadata are offered as they were recorded", async () => {
  const page = await openLogs();
  await page.keyboard.press("f");
  await page.keyboard.type("plan");
  await offered(page).filter({ hasText: "metadata.customer.plan" }).waitFor();
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Enter");
  await offered(page).filter({ hasText: /^pro/ }).waitFor();
  await page.context().close();
});

test("figures are offered where a number is asked for", async () => {
  const page = await openLogs();
  await page.keyboard.press("f");
  await page.keyboard.type("duration > ");
  await offered(page).filter({ hasText: "p90" }).click();
  await page.keyboard.press("Enter");
  await eventually("the slowest tenth", async () => {
    const count = await traceRows(page).count();
    return /^duration > [\d.]+m?s$/.test(filterOf(page)) && count > 0 && count < 10;
  });
  await page.context().close();
});

test("a chip is edited where it stands, denied and removed, and text and address follow", async () => {
  const page = await openLogs("?logsType=spans&filter=type:llm AND model:gpt-4o-mini", "Spans");
  await chip(page, "model:gpt-4o-mini").click();
  const form = page.getByRole("dialog", { name: "Filter model:gpt-4o-mini" });
  assert.deepEqual(await seriousViolations(page), []);
  const value = form.getByRole("combobox", { name: "Value" });
  await value.fill("claude");
  await offered(page, "Value").filter({ hasText: "claude-sonnet-4" }).waitFor();
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Enter");
  await page.keyboard.press("Enter");
  await eventually("another model", async () => filterOf(page) === "type:llm AND model:claude-sonnet-4");
  assert.equal(await box(page).inputValue(), "type:llm AND model:claude-sonnet-4");

  await chip(page, "model:claude-sonnet-4").click();
  const changed = page.getByRole("dialog", { name: "Filter model:claude-sonnet-4" });
  await changed.getByLabel("Operator").selectOption("=");
  await changed.getByRole("checkbox", { name: "Not" }).check();
  await changed.getByRole("button", { name: "Apply" }).click();
  await eventually("denied", async () => filterOf(page) === "type:llm AND NOT model = claude-sonnet-4");

  await page.reload();
  await chip(page, "NOT model = claude-sonnet-4").focus();
  await page.keyboard.press("Delete");
  await eventually("removed", async () => filterOf(page) === "type:llm");
  await eventually("the focus stays among the filters", () =>
    page.evaluate(() => document.activeElement?.textContent?.includes("type:llm") ?? false));
  await page.context().close();
});

test("several values of one field are one condition", async () => {
  const page = await openLogs('?filter=name = "support agent"');
  await chip(page, 'name = "support agent"').click();
  const form = page.getByRole("dialog");
  assert.equal(await form.getByRole("combobox", { name: "Value" }).inputValue(), "support agent");
  await form.getByLabel("Operator").selectOption("in");
  const value = form.getByRole("combobox", { name: "Value" });
  await value.press("End");
  await page.keyboard.type(", eval");
  await offered(page, "Value").filter({ hasText: "evaluation_task" }).waitFor();
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Enter");
  await page.keyboard.press("Escape");
  await page.keyboard.press("Enter");
  await eventually("both names", async () => filterOf(page) === 'name in ("support agent", evaluation_task)');
  await eventually("both are found", async () => /7\d traces/.test(await page.getByRole("status").filter({ hasText: "traces" }).innerText()));
  await page.context().close();
});

test("a filter is put together from a field, an operator and a value by keys alone", async () => {
  const page = await openLogs();
  await page.getByRole("button", { name: "Add filter" }).focus();
  await page.keyboard.press("Enter");
  await page.keyboard.type("tags");
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Enter");
  await offered(page, "Value").filter({ hasText: "beta" }).waitFor();
  await page.keyboard.type("be");
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Enter");
  await page.keyboard.press("Enter");
  await eventually("the filter is in the address", async () => filterOf(page) === "tags = beta");
  await page.getByRole("button", { name: "Add filter" }).click();
  await page.getByRole("button", { name: "Failed" }).click();
  await eventually("a usual filter is added", async () => filterOf(page) === "tags = beta AND error:true");
  await page.context().close();
});

test("period and environment are chosen beside the filter, and are one text with it", async () => {
  const project = story.newName("places");
  const send = (name, environment, hoursAgo) => {
    const start_time = new Date(Date.now() - hoursAgo * 3_600_000).toISOString();
    return story.post("traces", { project_name: project, name, environment, start_time });
  };
  await Promise.all([send("old", "prod", 50), send("recent", "prod", 2), send("tried", "test run", 2), send("new", "local", 0)]);
  const { content: [home] } = await story.get(`projects?name=${project}`);
  const page = await story.open(`/default/projects/${home.id}/logs`);
  const menu = (name) => page.getByRole("button", { name, exact: true });
  const listed = (...names) => eventually(names.join(", "), async () => {
    const texts = await traceRows(page).allInnerTexts();
    return texts.length === names.length && names.every((name) => texts.some((text) => text.includes(name)));
  });
  await listed("old", "recent", "tried", "new");
  await menu("Period: Any time").focus();
  await page.keyboard.press("Enter");
  for (let step = 0; step < 3; step += 1) await page.keyboard.press("ArrowDown");
  assert.deepEqual(await seriousViolations(page), []);
  await page.keyboard.press("Enter");
  await listed("recent", "tried", "new");
  assert.equal(filterOf(page), "start > -24h");
  await menu("Environment: All environments").focus();
  await page.keyboard.press("Enter");
  await page.getByRole("menuitemcheckbox", { name: "prod" }).click();
  await listed("recent");
  assert.equal(filterOf(page), "start > -24h AND environment = prod");
  await page.getByRole("menuitemcheckbox", { name: "test run" }).click();
  await page.keyboard.press("Escape");
  await listed("recent", "tried");
  assert.equal(filterOf(page), 'start > -24h AND environment in (prod, "test run")');
  await page.reload();
  await menu("Environment: 2 environments").waitFor();
  await listed("recent", "tried");
  await box(page).fill("environment:local AND start > -7d");
  await page.keyboard.press("Enter");
  await menu("Environment: local").waitFor();
  await menu("Period: Last 7 days").click();
  await page.getByRole("menuitemradio", { name: "Any time" }).click();
  await eventually("without a period", async () => filterOf(page) === "environment:local");
  await page.getByRole("button", { name: "Remove filter environment:local" }).click();
  await menu("Environment: All environments").waitFor();
  assert.deepEqual(page.complaints, []);
  await page.context().close();
});

test("a period of one's own has the ends that one gives it", async () => {
  const project = story.newName("dated");
  for (const [name, start_time] of [["first", "2026-03-04T05:00:00Z"], ["second", "2026-03-05T05:00:00Z"], ["third", "2026-03-06T05:00:00Z"]]) {
    await story.post("traces", { project_name: project, name, start_time });
  }
  const { content: [home] } = await story.get(`projects?name=${project}`);
  const page = await story.open(`/default/projects/${home.id}/logs`, { timezoneId: "UTC" });
  await traceRows(page).nth(2).waitFor();
  const dialog = page.getByRole("dialog");
  const ask = async (period) => {
    await page.getByRole("button", { name: `Period: ${period}`, exact: true }).click();
    await page.getByRole("menuitemradio", { name: "Own period…" }).click();
  };
  await ask("Any time");
  await dialog.getByRole("button", { name: "Apply" }).click();
  await dialog.getByRole("alert").or(dialog.getByText("Say when it begins, or when it ends.")).first().waitFor();
  await dialog.getByLabel("From").fill("2026-03-05T00:00");
  await dialog.getByLabel("Until").fill("2026-03-04T00:00");
  await page.keyboard.press("Enter");
  await dialog.getByText("It ends before it begins.").waitFor();
  assert.deepEqual(await seriousViolations(page), []);
  await dialog.getByLabel("Until").fill("2026-03-06T00:00");
  await page.keyboard.press("Enter");
  await eventually("only the second", async () => (await traceRows(page).count()) === 1 && (await traceRows(page).first().innerText()).includes("second"));
  assert.equal(filterOf(page), "start >= 2026-03-05T00:00:00Z AND start < 2026-03-06T00:00:00Z");
  await ask("from 2026-03-05 00:00 until 2026-03-06 00:00");
  await dialog.getByLabel("Until").fill("");
  await dialog.getByRole("button", { name: "Apply" }).click();
  await eventually("the second and the third", async () => (await traceRows(page).count()) === 2);
  assert.deepEqual(page.complaints, []);
  await page.context().close();
});

test("alternatives stay a text, and that is said; within a row of conditions they are a chip", async () => {
  const page = await openLogs("?filter=tags:beta OR error:true");
  await page.getByText("joined by OR").waitFor();
  await page.getByRole("button", { name: "Edit as text" }).click();
  await eventually("the box has the focus", () => page.evaluate(() => document.activeElement?.getAttribute("aria-label") === "Filter"));
  await box(page).fill("(tags:beta OR error:true) name:support");
  await page.keyboard.press("Enter");
  await chip(page, "(tags:beta OR error:true)").click();
  const condition = page.getByRole("dialog").getByRole("combobox", { name: "Condition" });
  await condition.fill("tags:beta OR tags:web");
  await page.keyboard.press("Escape");
  await page.getByRole("button", { name: "Apply" }).click();
  await eventually("still one condition", async () => filterOf(page) === "(tags:beta OR tags:web) AND name:support");
  await page.context().close();
});
