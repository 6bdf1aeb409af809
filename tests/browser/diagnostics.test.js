// A team reads what a program of theirs found to be wrong: how bad, how often and why, and says what came of it.
import assert from "node:assert/strict";
import { test } from "node:test";
import { eventually, seriousViolations, traceRows, useBrowser } from "./story.js";

let project;
let page;

const REPORT = "mutation ($project: ID!, $day: String!, $issues: [ReportedIssueInput!]!) { reportInsights(projectId: $project, day: $day, issues: $issues) }";

const story = useBrowser(async (story) => {
  const name = story.newName("shop");
  await story.runProgram(name, "indigo");
  await story.runProgram(name, "crimson", "--fails");
  const { content } = await story.get(`projects?name=${name}`);
  project = content[0].id;
});

const path = () => `/default/projects/${project}/diagnostics`;
const issues = () => page.getByRole("table", { name: "Issues" });
const dialog = () => page.getByRole("dialog");
const summary = async () => (await page.getByLabel("Summary").innerText()).replace(/\s+/g, " ");

async function report(day, count) {
  const users = { usersImpacted: 1, totalUsers: 4 };
  const failing = { name: "Answers fail", description: "The agent gives **no** answer.", cause: "A word is missing.", suggestedFix: "Say so.", tracesQuery: "error:true", severity: "CRITICAL", count, totalCount: 9, ...users };
  const slow = { name: "Slow tools", severity: "LOW", count: 1, totalCount: 9, ...users };
  await story.ask(REPORT, { project, day, issues: [failing, slow] });
}

test("nothing was looked at yet, and that is said", async () => {
  page = await story.open(`/default/projects/${project}/logs`);
  await page.getByRole("navigation", { name: "Main" }).getByRole("link", { name: "Diagnostics" }).click();
  await page.getByRole("heading", { name: "No open issues" }).waitFor();
  await page.getByText("Nobody has looked through this project yet.").waitFor();
  assert.deepEqual(await seriousViolations(page), []);
});

test("one says how to look, and asks to look now", async () => {
  await page.getByRole("button", { name: "How to look" }).click();
  await dialog().getByLabel("What to mind (optional)").fill("Refunds first.");
  await dialog().getByRole("checkbox", { name: "Look every day" }).check();
  assert.deepEqual(await seriousViolations(page), []);
  await dialog().getByRole("button", { name: "Save" }).click();
  await page.getByText("Looked through every day; no results yet.").waitFor();
  await page.getByRole("button", { name: "Look now" }).click();
  await page.getByText("Asked whoever looks to look now.").waitFor();
  const { insightsJob } = await story.ask("query ($id: ID!) { insightsJob(projectId: $id) { status guidance triggeredAt } }", { id: project });
  assert.deepEqual([insightsJob.status, insightsJob.guidance], ["ENABLED", "Refunds first."]);
  assert.ok(insightsJob.triggeredAt);
});

test("what is found is listed with how bad and how often, and leads to its traces", async () => {
  await report("2026-03-04", 3);
  await issues().getByRole("row", { name: /^Answers fail.* critical open 3 of 9 1 2026-03-04/ }).waitFor();
  await eventually("how many of each", async () => (await summary()) === "Open 2 Critical 1 High 0 Medium 0 Low 1 Resolved this week 0 Resolved 0");
  await issues().getByRole("link", { name: "Answers fail" }).focus();
  await page.keyboard.press("Enter");
  await dialog().getByRole("region", { name: "Why" }).getByText("A word is missing.").waitFor();
  await dialog().getByRole("region", { name: "Traces with it" }).getByRole("application").waitFor();
  assert.deepEqual(await seriousViolations(page), []);
  await page.reload();
  await dialog().getByRole("link", { name: "Show the traces" }).click();
  await traceRows(page).first().waitFor();
  assert.equal(new URL(page.url()).searchParams.get("filter"), "error:true");
  await page.goBack();
});

test("an issue is resolved, brought back by a key, and closed with a reason", async () => {
  await dialog().getByRole("button", { name: "Resolved" }).click();
  await eventually("one is left", async () => (await summary()) === "Open 1 Critical 0 High 0 Medium 0 Low 1 Resolved this week 1 Resolved 1");
  await page.keyboard.press("u");
  await eventually("open again", async () => (await summary()).startsWith("Open 2"));
  await issues().getByRole("link", { name: "Slow tools" }).click();
  await dialog().getByLabel("Why it is no issue (optional)").fill("They are far away.");
  await dialog().getByRole("button", { name: "Close it" }).click();
  await eventually("gone from the open ones", async () => (await issues().getByRole("link", { name: "Slow tools" }).count()) === 0);
  await page.getByRole("radio", { name: "Closed" }).click();
  await issues().getByRole("link", { name: "Slow tools" }).click();
  await dialog().getByText("They are far away.").waitFor();
  await dialog().getByRole("button", { name: "Reopen" }).click();
  await page.getByRole("heading", { name: "No issue is like this" }).waitFor();
  await page.getByRole("radio", { name: "All" }).click();
  await page.getByLabel("Severity").selectOption({ label: "critical" });
  await eventually("the critical one", async () => (await issues().getByRole("row").count()) === 2);
  assert.match(page.url(), /status=all&severity=critical/);
  assert.deepEqual(await seriousViolations(page), []);
  assert.deepEqual(page.complaints, []);
  await page.context().close();
});

test("issues stand in the order of how bad, how often and how lately they were met", async () => {
  project = await story.createProject(story.newName("shop"));
  await report("2026-03-04", 3);
  const wrong = { name: "Wrong parcel", severity: "HIGH", count: 7, totalCount: 9, usersImpacted: 1, totalUsers: 4 };
  await story.ask(REPORT, { project, day: "2026-03-05", issues: [wrong] });
  page = await story.open(path());
  const names = async () => (await issues().getByRole("rowheader").getByRole("link").allInnerTexts()).join(", ");
  const sorted = (order) => eventually(order, async () => (await names()) === order || (await names()));
  await eventually("the latest first", async () => (await names()).startsWith("Wrong parcel, ") || (await names()));
  assert.equal(await issues().getByRole("columnheader", { name: "Last seen" }).getAttribute("aria-sort"), "descending");
  await issues().getByRole("button", { name: "Severity" }).click();
  await sorted("Answers fail, Wrong parcel, Slow tools");
  await issues().getByRole("button", { name: "Severity" }).click();
  await sorted("Slow tools, Wrong parcel, Answers fail");
  await issues().getByRole("button", { name: "Traces" }).click();
  await sorted("Wrong parcel, Answers fail, Slow tools");
  await page.reload();
  await sorted("Wrong parcel, Answers fail, Slow tools");
  assert.match(page.url(), /sort=-total_occurrences/);
  assert.deepEqual(await seriousViolations(page), []);
});
