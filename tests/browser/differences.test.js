// A user asks what stands in a column, and what is different about some traces, and goes on from the answer.
import assert from "node:assert/strict";
import { test } from "node:test";
import { eventually, seriousViolations, traceRows, useBrowser } from "./story.js";

let logs;

/** Sixty traces: those of the plan `pro` are slow and dear and come from a new release; nothing else tells them apart. */
const story = useBrowser(async (story) => {
  const project = story.newName("shop");
  const traces = Array.from({ length: 60 }, (_, number) => {
    const isPro = number % 3 === 0;
    const start = Date.now() - 3_600_000 - number * 60_000;
    return {
      project_name: project,
      name: `step ${number % 2}`,
      start_time: new Date(start).toISOString(),
      end_time: new Date(start + (isPro ? 9_000 + number : 100 + number)).toISOString(),
      tags: ["all", `t${number % 4}`],
      metadata: { customer: { plan: isPro ? "pro" : "free" }, release: isPro ? "2026.11" : "2026.10" },
    };
  });
  await story.post("traces/batch", { traces });
  const { content } = await story.get(`projects?name=${project}`);
  logs = `/default/projects/${content[0].id}/logs`;
});

const panel = (page) => page.getByRole("region", { name: "Differences" });
const paramOf = (page, name) => new URL(page.url()).searchParams.get(name);

async function openLogs(search = "") {
  const page = await story.open(`${logs}${search}`);
  await traceRows(page).first().waitFor();
  return page;
}

test("the head of a column tells its values over all that is listed, and each is a filter", async () => {
  const page = await openLogs();
  await page.getByRole("button", { name: "Values of Tags" }).focus();
  await page.keyboard.press("Enter");
  const facts = page.getByRole("dialog", { name: "Tags" });
  await facts.getByRole("button", { name: "all 60 traces" }).waitFor();
  assert.deepEqual(await seriousViolations(page), []);
  await facts.getByRole("button", { name: "t1 15 traces" }).click();
  await eventually("the filter is in the address", async () => paramOf(page, "filter") === "tags = t1");
  await eventually("fifteen traces", async () => (await traceRows(page).count()) === 15);
  await page.context().close();
});

test("the head of a column of numbers tells percentiles and ranges with the filter of now", async () => {
  const page = await openLogs("?filter=metadata.customer.plan:pro");
  await eventually("twenty traces", async () => (await traceRows(page).count()) === 20);
  await page.getByRole("button", { name: "Values of Duration" }).focus();
  await page.keyboard.press("Enter");
  const facts = page.getByRole("dialog", { name: "Duration" });
  await facts.getByText("Of 20 traces").waitFor();
  for (const name of ["min", "p50", "p90", "p99", "max"]) await facts.getByText(name, { exact: true }).waitFor();
  assert.match(await facts.innerText(), /9\.0\d s – 9\.0\d s/);
  await facts.getByTitle(/^duration >= /).nth(1).click();
  await eventually("the slowest of them", async () => [2, 3].includes(await traceRows(page).count()));
  assert.match(paramOf(page, "filter"), /^metadata.customer.plan:pro AND duration >= [\d.]+ms$/);
  await page.context().close();
});

test("a column in which nothing stands says so", async () => {
  const page = await openLogs();
  await page.getByRole("button", { name: "Values of Cost" }).focus();
  await page.keyboard.press("Enter");
  await page.getByRole("dialog", { name: "Cost" }).getByText("None of 60 traces has a value.").waitFor();
  await page.context().close();
});

test("what is different about the filtered stands beside the rest, the surest first, and leads on", async () => {
  const page = await openLogs("?filter=duration > 1s");
  await page.getByRole("button", { name: "What is different?" }).click();
  await panel(page).getByText("20 traces").waitFor();
  assert.match(await panel(page).innerText(), /20 traces against 40 others/);
  const fields = () => panel(page).getByRole("heading", { level: 3 }).allInnerTexts();
  await eventually("plan and release differ most", async () => {
    const [first, second] = await fields();
    return [first, second].sort().join() === "metadata.customer.plan,metadata.release";
  });
  assert.ok(!(await fields()).includes("duration"), "what was asked for is no answer");
  const plan = panel(page).getByRole("region", { name: "metadata.customer.plan" });
  await plan.getByRole("button", { name: "pro 100% of these, 0% of the others" }).waitFor();
  assert.match(await plan.innerText(), /at least \d\d points apart/);
  assert.deepEqual(await seriousViolations(page), []);

  await page.reload();
  await panel(page).getByText("20 traces").waitFor();
  await plan.getByRole("button", { name: /^free/ }).press("Enter");
  await eventually("those of the rest", async () => paramOf(page, "filter") === "duration > 1s AND metadata.customer.plan = free");
  await page.getByText("Nothing matches").waitFor();
  await panel(page).getByRole("button", { name: "Close the differences" }).click();
  await panel(page).waitFor({ state: "detached" });
  assert.equal(paramOf(page, "differs"), null);
  assert.deepEqual(page.complaints, []);
  await page.context().close();
});

test("rows that are chosen by keys are held against the rest of the list", async () => {
  const page = await openLogs("?filter=duration > 1s");
  for (let number = 0; number < 6; number += 1) for (const key of ["j", "x"]) await page.keyboard.press(key);
  await page.getByText("6 selected").waitFor();
  await page.keyboard.press("w");
  await panel(page).getByText("against 14 others").waitFor();
  assert.equal(paramOf(page, "among"), "duration > 1s");
  // The newest are the quickest among the slow.
  await panel(page).getByRole("heading", { name: "duration" }).waitFor();
  await page.context().close();
});

test("one condition is held against what the others leave", async () => {
  const page = await openLogs("?filter=tags:t0 AND metadata.customer.plan:pro");
  await page.getByRole("button", { name: "metadata.customer.plan:pro", exact: true }).click();
  await page.getByRole("dialog").getByRole("button", { name: "What is different about these?" }).click();
  await panel(page).getByText("5 traces").waitFor();
  await panel(page).getByText("against 10 others").waitFor();
  assert.equal(paramOf(page, "among"), "tags:t0");
  await page.context().close();
});

test("a stretch of time is held against all other times", async () => {
  const page = await openLogs("?filter=tags:all AND start > -71m");
  await page.getByRole("button", { name: "What is different in this stretch of time" }).click();
  await panel(page).getByText(/^1[01] traces$/).waitFor();
  assert.deepEqual([paramOf(page, "differs"), paramOf(page, "among")], ["start > -71m", "tags:all"]);
  await page.context().close();
});

test("where there is no rest, or nothing is chosen, that is said", async () => {
  const page = await openLogs("?differs=tags:all");
  await panel(page).getByText("There is no rest").waitFor();
  await page.context().close();
  const other = await openLogs("?differs=name:nobody");
  await panel(other).getByText("No trace is selected").waitFor();
  await other.context().close();
  const third = await openLogs("?differs=moon:full");
  await panel(third).getByRole("alert").getByText("The differences could not be counted").waitFor();
  await third.context().close();
  const last = await openLogs();
  await last.keyboard.press("w");
  await last.getByText("Choose or filter some traces").waitFor();
  await last.context().close();
});
