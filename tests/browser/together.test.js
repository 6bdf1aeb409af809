// Two people look at the same: what one does, or a program, the other sees without a reload.
import assert from "node:assert/strict";
import { test } from "node:test";
import { makeWorld } from "./pictured-world.js";
import { eventually, traceRows, useBrowser } from "./story.js";

let world;
let projectId;
let datasetId;
let queueId;

const story = useBrowser(async (story) => {
  world = await makeWorld(story);
  projectId = world.projectPath.split("/").at(-1);
  datasetId = world.datasetPath.split("/").at(-2);
  queueId = world.queuePath.split("/").at(-1);
});

/** A window that must never be loaded again. */
async function watch(path) {
  const page = await story.open(path, { reducedMotion: "reduce" });
  await page.getByRole("heading", { level: 1 }).first().waitFor();
  await page.evaluate(() => (window.isTheSame = true));
  return page;
}

async function leave(page) {
  assert.equal(await page.evaluate(() => window.isTheSame), true, "the page was loaded again");
  await page.context().close();
}

const row = (page, name) => page.getByRole("row").filter({ hasText: name });
const idOf = (answer) => answer.headers.get("location").split("/").at(-1);

test("traces, their spans and threads arrive in lists that are open", async () => {
  const word = story.newName("word");
  const path = `${world.projectPath}/logs`;
  const pages = [await watch(path), await watch(`${path}?logsType=spans`), await watch(`${path}?logsType=threads`)];
  const [traces, spans, threads] = pages;
  await traceRows(traces).first().waitFor();
  await spans.getByRole("grid", { name: "Spans" }).getByRole("row").nth(1).waitFor();
  await row(threads, "conversation-1").first().waitFor();
  const start = new Date().toISOString();
  const made = await story.post("traces", { project_name: world.project, name: `trace ${word}`, thread_id: `thread ${word}`, start_time: start });
  await story.post("spans", { project_name: world.project, trace_id: idOf(made), name: `span ${word}`, type: "llm", start_time: start });
  await row(traces, `trace ${word}`).waitFor();
  await row(spans, `span ${word}`).waitFor();
  await row(threads, `thread ${word}`).waitFor();
  for (const page of pages) await leave(page);
});

test("an open trace says what another has said of it", async () => {
  const [mine, theirs] = [await watch(world.tracePath), await watch(world.tracePath)];
  const word = story.newName("comment");
  await mine.getByRole("treeitem", { name: /^look_up/ }).waitFor();
  await theirs.getByRole("treeitem", { name: /^look_up/ }).waitFor();
  await theirs.keyboard.press("c");
  await theirs.getByRole("region", { name: "Comments" }).waitFor();
  await mine.keyboard.press("c");
  await mine.keyboard.type(word);
  await mine.keyboard.press("Control+Enter");
  await theirs.getByRole("region", { name: "Comments" }).getByText(word).waitFor();
  await leave(mine);
  await leave(theirs);
});

test("an open conversation grows by a turn", async () => {
  const theirs = await watch(world.threadPath);
  await theirs.getByRole("article", { name: "Turn 3" }).waitFor();
  const start_time = new Date().toISOString();
  await story.post("traces", { project_name: world.project, name: "support agent", thread_id: "conversation-1", start_time, input: { question: "And now?" } });
  await theirs.getByRole("article", { name: "Turn 4" }).getByText("And now?").waitFor();
  await leave(theirs);
});

test("a prompt and its new version show in the list and on its page", async () => {
  const name = story.newName("greeting");
  const list = await watch(`${world.projectPath}/prompts`);
  await row(list, "support answer").waitFor();
  await story.post("prompts", { name, template: "Hello {{name}}", project_name: world.project });
  await row(list, name).waitFor();
  const { content } = await story.get(`prompts?name=${name}`);
  const page = await watch(`${world.projectPath}/prompts/${content[0].id}`);
  await page.getByRole("heading", { name: "v1" }).waitFor();
  await story.post("prompts/versions", { name, version: { template: "Good day {{name}}" }, project_name: world.project });
  await page.getByText("Good day").first().waitFor();
  await list.getByRole("row").filter({ hasText: name }).getByRole("cell", { name: "2", exact: true }).waitFor();
  await leave(list);
  await leave(page);
});

test("a dataset and its new items show in the list and on its page", async () => {
  const name = story.newName("questions");
  const list = await watch(`${world.projectPath}/datasets`);
  await row(list, "customer questions").waitFor();
  await story.post("datasets", { name, project_name: world.project });
  await row(list, name).waitFor();
  const page = await watch(world.datasetPath);
  await page.getByText("Where is my parcel?").first().waitFor();
  const items = [{ id: crypto.randomUUID().replace(/^(.{14})./, "$17"), source: "sdk", data: { question: "Do you ship to the moon?" } }];
  await story.put("datasets/items", { dataset_id: datasetId, items });
  await page.getByText("Do you ship to the moon?").waitFor();
  await leave(list);
  await leave(page);
});

test("an experiment arrives in the list, and its runs in the comparison", async () => {
  const name = story.newName("hasty answers");
  const [list, comparison] = [await watch(`${world.projectPath}/experiments`), await watch(world.comparisonPath)];
  await row(list, "shorter answers").first().waitFor();
  await comparison.getByRole("button", { name: /regressed/ }).waitFor();
  await story.post("experiments", { dataset_name: "customer questions", name, project_name: world.project });
  await row(list, name).waitFor();
  const { content } = await story.get(`experiments?dataset_id=${datasetId}&name=shorter`);
  await story.ask("mutation ($id: ID!, $name: String!) { updateExperiment(input: { id: $id, name: $name }) { id } }", { id: content[0].id, name: "much shorter answers" });
  await comparison.getByText("much shorter answers").first().waitFor();
  await leave(list);
  await leave(comparison);
});

test("a search for a better prompt is followed trial by trial", async () => {
  const id = world.optimizationPath.split("/").at(-1);
  const [list, page] = [await watch(`${world.projectPath}/optimizations`), await watch(world.optimizationPath)];
  await row(list, "closer answers").waitFor();
  await page.getByRole("application").waitFor();
  await story.put(`optimizations/${id}`, { status: "completed" });
  await row(list, "closer answers").getByText("completed").waitFor();
  await page.getByText("completed").first().waitFor();
  await leave(list);
  await leave(page);
});

test("a queue says how far others are, while somebody judges and in the list", async () => {
  const pages = [await watch(`${world.projectPath}/annotation-queues`), await watch(world.queuePath), await watch(`${world.queuePath}/review`)];
  const [list, queue, review] = pages;
  const progress = (page) => page.getByRole("progressbar", { name: "Judged" }).first().evaluate(({ value }) => value);
  for (const page of pages) await page.getByRole("progressbar", { name: "Judged" }).first().waitFor();
  const judged = await progress(queue);
  const asked = await review.getByRole("region", { name: "What is judged" }).innerText();
  const { annotationQueue } = await story.ask("query ($id: ID!) { annotationQueue(id: $id) { items(first: 50) { nodes { id isComplete } } } }", { id: queueId });
  const next = annotationQueue.items.nodes.find(({ isComplete }) => !isComplete).id;
  for (const [name, value] of [["correct", 1], ["clarity", 7]]) {
    await story.put(`traces/${next}/feedback-scores`, { name, value, source: "ui" });
  }
  for (const page of pages) await eventually("one more is judged", async () => (await progress(page)) > judged || progress(page));
  assert.equal(await review.getByRole("region", { name: "What is judged" }).innerText(), asked, "what is judged stays");
  for (const page of pages) await leave(page);
});

test("a dashboard arrives in the list, and changes where it is open", async () => {
  const [list, page] = [await watch("/default/dashboards"), await watch(world.dashboardPath)];
  await row(list, "Every morning").waitFor();
  await page.getByRole("heading", { name: "Every morning" }).waitFor();
  const name = story.newName("evening");
  const made = await story.post("dashboards", { name, type: "multi_project", config: { version: 4, sections: [] } });
  await row(list, name).waitFor();
  await story.ask("mutation ($id: ID!, $name: String!) { updateDashboard(id: $id, input: { name: $name }) { id } }", { id: world.dashboardPath.split("/").at(-1), name: "Every noon" });
  await page.getByRole("heading", { name: "Every noon" }).waitFor();
  await row(list, "Every noon").waitFor();
  assert.ok((await made.json()).id);
  await leave(list);
  await leave(page);
});

test("a project is named anew, and what is deleted lies in the trash at once", async () => {
  const name = story.newName("workshop");
  const [list, trash] = [await watch("/default/projects"), await watch("/default/trash")];
  await row(list, world.project).first().waitFor();
  await row(trash, "old greeting").waitFor();
  const id = await story.createProject(name);
  await row(list, name).waitFor();
  await story.patch(`projects/${id}`, { name: `${name} two` });
  await row(list, `${name} two`).waitFor();
  await story.post("projects/delete", { ids: [id] });
  await row(list, name).waitFor({ state: "detached" });
  await row(trash, `${name} two`).waitFor();
  await leave(list);
  await leave(trash);
});

test("what a workspace sets is seen by whoever has the settings open", async () => {
  const at = (tab) => watch(`/default/settings?tab=${tab}`);
  const pages = [await at("definitions"), await at("environments"), await at("prices"), await at("preferences")];
  const [definitions, environments, prices, preferences] = pages;
  await row(definitions, "User feedback").waitFor();
  const timeout = preferences.getByRole("textbox");
  await timeout.waitFor();
  const name = story.newName("kept");
  await story.post("feedback-definitions", { name, type: "boolean", details: { true_label: "yes", false_label: "no" } });
  await story.ask("mutation ($input: EnvironmentInput!) { createEnvironment(input: $input) { id } }", { input: { name } });
  const prices_ = [{ key: { provider: "", model: name, effectiveFrom: null }, rates: [{ item: "INPUT", perMillion: "1.5" }] }];
  await story.ask("mutation ($prices: [PriceInput!]!) { setPrices(prices: $prices) }", { prices: prices_ });
  await story.ask("mutation { configureWorkspace(input: { threadTimeoutSeconds: 540 }) { threadTimeoutSeconds } }");
  for (const page of [definitions, environments, prices]) await row(page, name).waitFor();
  await eventually("nine minutes", async () => (await timeout.inputValue()) === "9");
  for (const page of pages) await leave(page);
});

test("rules, the history of a prompt and the audit log follow what others do", async () => {
  const name = story.newName("followed");
  await story.post("prompts", { name, template: "Hello {{name}}", project_name: world.project });
  const { content } = await story.get(`prompts?name=${name}`);
  const [{ id }] = content;
  const pages = [
    await watch("/default/settings?tab=retention"),
    await watch(`${world.projectPath}/prompts/${id}?history=changes`),
    await watch("/default/audit-log"),
  ];
  const [rules, history, audit] = pages;
  await rules.getByRole("button", { name: "New rule" }).first().waitFor();
  await history.getByRole("article", { name: /^Prompt created/ }).waitFor();
  await row(audit, name).first().waitFor();
  await story.ask("mutation ($rule: RetentionRuleInput!) { createRetentionRule(rule: $rule) { id } }", { rule: { projectId, environment: "staging", period: "EXTENDED" } });
  await row(rules, "400 days").first().waitFor();
  await story.put(`prompts/${id}`, { name, description: "for whoever comes in" });
  await history.getByRole("article").filter({ hasText: "for whoever comes in" }).waitFor();
  await story.post("prompts/delete", { ids: [id] });
  await row(audit, name).filter({ hasText: "Prompt deleted" }).waitFor();
  for (const page of pages) await leave(page);
});

test("figures of projects, of a project at a glance and of a dashboard move while traces come in", async () => {
  const name = story.newName("busy");
  const id = await story.createProject(name);
  const send = (count) => {
    const start_time = new Date(Date.now() - 60_000).toISOString();
    const traces = Array.from({ length: count }, (_, at) => ({ project_name: name, name: `run ${at}`, start_time, end_time: new Date().toISOString() }));
    return story.post("traces/batch", { traces });
  };
  await send(2);
  const widgets = [{ id: "w1", type: "project_stats_card", title: "How many", config: { source: "traces", metric: "trace_count", projectId: id } }];
  const config = { version: 4, sections: [{ id: "s", title: "Now", widgets, layout: [] }] };
  const made = await (await story.post("dashboards", { name: story.newName("now"), type: "multi_project", config })).json();
  const pages = [await watch("/default/projects"), await watch(`/default/projects/${id}/dashboards`), await watch(`/default/dashboards/${made.id}`)];
  const [projects, glance, dashboard] = pages;
  const traces = glance.getByRole("region", { name: "Traces", exact: true });
  const card = dashboard.getByRole("region", { name: "How many", exact: true });
  await row(projects, name).getByRole("cell", { name: "2", exact: true }).waitFor();
  await traces.getByText("2, 0 failed").waitFor();
  await card.getByText("2", { exact: true }).waitFor();
  await send(3);
  await row(projects, name).getByRole("cell", { name: "5", exact: true }).waitFor();
  await traces.getByText("5, 0 failed").waitFor();
  await card.getByText("5", { exact: true }).waitFor();
  for (const page of pages) await leave(page);
});

test("pages ask nothing while nothing happens, and what happened while they were cut off is seen afterwards", async () => {
  const page = await watch("/default/settings?tab=environments");
  await page.getByRole("table", { name: "Environments" }).or(page.getByText("No environments yet")).first().waitFor();
  const asked = [];
  page.on("request", (request) => asked.push(request.postData() ?? request.url()));
  await eventually("four seconds without a question", async () => {
    asked.length = 0;
    await page.waitForTimeout(4_000);
    return asked.length === 0 || asked.join("\n");
  });
  const name = story.newName("afterwards");
  await page.context().setOffline(true);
  await story.ask("mutation ($input: EnvironmentInput!) { createEnvironment(input: $input) { id } }", { input: { name } });
  await page.context().setOffline(false);
  await row(page, name).waitFor();
  await leave(page);
});

test("what comes after the server was started anew arrives in pages that are open", async () => {
  const project = story.newName("restarted");
  const id = await story.createProject(project);
  const send = (name) => {
    const start_time = new Date().toISOString();
    return story.post("traces", { project_name: project, name, thread_id: `thread of ${name}`, start_time });
  };
  const first = idOf(await send("before"));
  const logs = `/default/projects/${id}/logs`;
  const traces = await watch(logs);
  const threads = await watch(`${logs}?logsType=threads`);
  const trace = await watch(`/default/projects/${id}/traces/${first}`);
  const environments = await watch("/default/settings?tab=environments");
  await traceRows(traces).filter({ hasText: "before" }).waitFor();
  await row(threads, "thread of before").waitFor();
  await trace.getByRole("treeitem").first().waitFor();
  // Until it said something, a stream might be ended before it began.
  await send("still");
  await traceRows(traces).filter({ hasText: "still" }).waitFor();
  await row(threads, "thread of still").waitFor();
  for (const round of ["first", "second"]) {
    await story.server.restart();
    await send(`after the ${round}`);
    await story.post("spans", { project_name: project, trace_id: first, name: `step ${round}`, type: "tool", start_time: new Date().toISOString() });
    await story.ask("mutation ($input: EnvironmentInput!) { createEnvironment(input: $input) { id } }", { input: { name: `${project}-${round}` } });
    await traceRows(traces).filter({ hasText: `after the ${round}` }).waitFor();
    await row(threads, `thread of after the ${round}`).waitFor();
    await trace.getByRole("treeitem", { name: new RegExp(`^step ${round}`) }).waitFor();
    await row(environments, `${project}-${round}`).waitFor();
  }
  for (const page of [traces, threads, trace, environments]) await leave(page);
});
