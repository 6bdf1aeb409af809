// Somebody starts the day in a project: how it does, what was done, what waits, each with the way to it.
import assert from "node:assert/strict";
import { test } from "node:test";
import { uuid7 } from "./load.js";
import { eventually, seriousViolations, traceRows, useBrowser } from "./story.js";

const HOUR_MS = 3_600_000;
const REPORT = "mutation ($project: ID!, $day: String!, $issues: [ReportedIssueInput!]!) { reportInsights(projectId: $project, day: $day, issues: $issues) }";

let project;
let projectId;
let page;

const story = useBrowser(async (story) => {
  project = story.newName("shop");
  projectId = await story.createProject(project);
});

const home = () => `/default/projects/${projectId}/home`;
const part = (name) => page.getByRole("region", { name, exact: true });
const figure = (label) => page.getByRole("list", { name: /^The last/ }).getByRole("link", { name: new RegExp(`^${label}`) });
const told = async (label) => (await figure(label).innerText()).replace(/\s+/g, " ");
const filterOf = () => new URL(page.url()).searchParams.get("filter");

/** A trace that began so many hours ago and took so long. */
const trace = (hoursAgo, seconds, more = {}) => {
  const start = Date.now() - hoursAgo * HOUR_MS;
  const [start_time, end_time] = [start, start + seconds * 1_000].map((at) => new Date(at).toISOString());
  return { id: uuid7(), project_name: project, name: `run ${hoursAgo}`, start_time, end_time, ...more };
};

test("an address of the project alone leads home, where a new project says how to send the first trace", async () => {
  page = await story.open(`/default/projects/${projectId}`);
  await page.getByRole("heading", { name: project, level: 1 }).waitFor();
  assert.match(page.url(), /\/home$/);
  const first = part("Send the first trace");
  await first.getByRole("tab", { name: "Python" }).waitFor();
  assert.match(await first.innerText(), new RegExp(project));
  await part("Recent activity").getByText("Project created").waitFor();
  await part("Latest experiments").getByText(/^None yet/).waitFor();
  assert.deepEqual(await seriousViolations(page), []);
});

test("the page comes to life when the first traces arrive", async () => {
  await page.evaluate(() => (globalThis.isTheSamePage = true));
  const error_info = { exception_type: "TimeoutError", traceback: "at line 1" };
  await story.post("traces/batch", { traces: [trace(1, 2), trace(2, 4, { error_info }), trace(3, 6), trace(4, 8), trace(30, 2), trace(31, 2)] });
  await eventually("what came", async () => (await told("Traces")) === "Traces 4 +100% against the day before");
  assert.equal(await told("Errors"), "Errors 1 25%, +25 points against the day before");
  assert.match(await told("Duration p50"), /^Duration p50 [45]\.\d\d s \+1\d\d% against the day before$/);
  assert.equal(await part("Send the first trace").count(), 0);
  assert.equal(await page.evaluate(() => globalThis.isTheSamePage), true);
  assert.deepEqual(await seriousViolations(page), []);
});

test("a longer time is chosen by key, and stays in the address", async () => {
  await page.getByRole("radio", { name: "Day" }).focus();
  await page.keyboard.press("ArrowRight");
  await page.keyboard.press("Space");
  await eventually("of the week", async () => (await told("Traces")) === "Traces 6 nothing in the 7 days before");
  assert.match(page.url(), /range=7d/);
  await page.reload();
  await eventually("of the week again", async () => (await told("Traces")).startsWith("Traces 6"));
});

test("each figure leads to the traces that it counts, and a bar to those of its time", async () => {
  await figure("Errors").focus();
  await page.keyboard.press("Enter");
  await eventually("the one that failed", async () => (await traceRows(page).count()) === 1);
  assert.equal(filterOf(), "start > -7d AND error:true");
  await page.goBack();
  await figure("Traces").click();
  await eventually("all of them", async () => (await traceRows(page).count()) === 6);
  await page.getByRole("navigation", { name: "Main" }).getByRole("link", { name: "Home" }).click();
  await figure("Duration").click();
  await eventually("those of a day, the slowest first", async () => (await traceRows(page).count()) === 4 && (await traceRows(page).first().innerText()).includes("run 4"));
  await page.getByRole("navigation", { name: "breadcrumb" }).getByRole("link", { name: project }).click();
  const chart = part("Traces over time").getByRole("application");
  await chart.focus();
  for (let step = 0; step < 12; step += 1) await page.keyboard.press("ArrowRight");
  await eventually("what a bar comes to", async () => /fine\s+\d/.test(await part("Traces over time").innerText()));
});

test("what was done, what is wrong, what waits and what was tried is told as it happens", async () => {
  await story.post("prompts", { name: "greeting", template: "Greet {{name}}.", project_id: projectId });
  await part("Recent activity").getByText("Prompt created").waitFor();
  const seen = { totalCount: 9, usersImpacted: 1, totalUsers: 4 };
  const issues = [{ name: "Slow tools", severity: "LOW", count: 1, ...seen }, { name: "Answers fail", severity: "CRITICAL", count: 3, ...seen }];
  await story.ask(REPORT, { project: projectId, day: "2026-03-04", issues });
  await part("Open issues").getByText("3 of 9 traces, last on 2026-03-04").waitFor();
  assert.match(await part("Open issues").innerText(), /Answers fail[^]*critical[^]*Slow tools[^]*low/);
  const { content: traces } = await story.get(`traces?project_name=${project}`);
  const queue = uuid7();
  const empty = uuid7();
  const named = (id, name) => story.post("annotation-queues", { id, name, project_id: projectId, scope: "trace", feedback_definition_names: [] });
  await named(queue, "tone of voice");
  await named(empty, "nothing in it");
  await story.post(`annotation-queues/${queue}/items/add`, { ids: traces.slice(0, 2).map(({ id }) => id) });
  await part("Waiting for judgement").getByText("2 traces left").waitFor();
  assert.doesNotMatch(await part("Waiting for judgement").innerText(), /nothing in it/);
  await story.post("datasets", { name: "questions", project_name: project });
  await story.post("experiments", { name: "first try", dataset_name: "questions", project_name: project });
  await part("Latest experiments").getByText(/of questions/).waitFor();
  assert.deepEqual(await seriousViolations(page), []);
});

test("each of these leads to its thing", async () => {
  const leads = async (region, name, arrived) => {
    await part(region).getByRole("link", { name, exact: true }).first().click();
    await arrived.waitFor();
    await page.goBack();
  };
  await leads("Open issues", "Answers fail", page.getByRole("dialog").getByRole("heading", { name: "Answers fail" }));
  await leads("Waiting for judgement", "tone of voice", page.getByRole("heading", { name: "tone of voice", level: 1 }));
  await leads("Latest experiments", "first try", page.getByRole("heading", { name: "first try" }).first());
  await leads("Recent activity", "greeting", page.getByRole("heading", { name: "greeting", level: 1 }));
  await leads("Recent activity", "All activity", page.getByRole("heading", { name: "Activity", level: 1 }));
});

test("the palette and the list of projects lead home", async () => {
  await page.keyboard.press("Control+k");
  await page.keyboard.type("home of");
  await page.getByRole("menuitem", { name: "Home of this project" }).waitFor();
  await page.keyboard.press("Escape");
  await page.goto(`${story.server.rootUrl}/default/projects?name=${project}`);
  await page.getByRole("link", { name: project }).click();
  await page.getByRole("list", { name: /^The last day/ }).waitFor();
  assert.match(page.url(), new RegExp(`${home()}$`));
});

test("a project that is not there is said to be none", async () => {
  await page.goto(`${story.server.rootUrl}/default/projects/${uuid7()}/home`);
  await page.getByText("There is no such project").waitFor();
  assert.deepEqual(page.complaints, []);
});
