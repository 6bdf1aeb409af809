// Every screen: where it is, and by which sign it is known to be there. `looks.test.js` checks them, `ops/screens`
// takes pictures of them.
import { attach, FILES, png, wav } from "./files.js";
import { uuid7 } from "./load.js";
import { beginPairing, connectRunner } from "./pairing.js";
import { beginOptimization } from "./optimizing.js";
import { AGENT_GRAPH, judge, makeLoop, makeTwoRuns } from "./runs.js";
import { traceRows } from "./story.js";

/** The conversation that is shown: its three turns stay. */
const SHOWN_THREAD = "conversation-1";

/** What a full world is made of; the ids that addresses need are looked up once. */
export async function makeWorld(story) {
  const project = story.newName("shop");
  await story.runProgram(project, "indigo");
  await story.runProgram(project, "crimson", "--fails");
  await story.runWorld(project);
  const { content } = await story.get(`projects?name=${project}`);
  const projectPath = `/default/projects/${content[0].id}`;
  const emptyPath = `/default/projects/${await story.createProject(story.newName("empty"))}`;
  const traces = await story.get(`traces?project_name=${project}&size=100`);
  const failed = traces.content.find((trace) => trace.error_info && trace.name === "agent");
  const prompts = await story.get(`prompts?name=support`);
  const promptPath = `${projectPath}/prompts/${prompts.content[0].id}`;
  const { content: datasets } = await story.get("datasets?name=customer");
  const { content: experiments } = await story.get(`experiments?dataset_id=${datasets[0].id}`);
  const ids = JSON.stringify(experiments.map(({ id }) => id).sort());
  const optimizationPath = `${projectPath}/optimizations/${await makeOptimization(story, project, datasets[0])}`;
  const datasetPath = `${projectPath}/datasets/${datasets[0].id}/items`;
  const comparisonPath = `${projectPath}/experiments/${datasets[0].id}/compare?experiments=${encodeURIComponent(ids)}`;
  const queuePath = `${projectPath}/annotation-queues/${await makeQueue(story, content[0].id, traces.content)}`;
  const threads = await story.get(`traces/threads?project_name=${project}&size=100`);
  const thread = threads.content.find(({ id }) => id === SHOWN_THREAD);
  const threadPath = `${projectPath}/logs?logsType=threads&thread=${thread.thread_model_id}`;
  const dashboardPath = `/default/dashboards/${await makeDashboard(story, content[0].id)}`;
  const seenPath = `${projectPath}/logs?trace=${await makeSeen(story, project)}`;
  const changed = traces.content.find((trace) => !trace.error_info && trace.name === "agent");
  await makePast(story, project, changed.id, traces.content);
  const pastPath = `${projectPath}/logs?trace=${changed.id}&history=changes`;
  await makeRules(story, content[0].id);
  await configureAgents(story, content[0].id);
  await story.ask('mutation { addDerivedColumn(column: { of: TRACES, name: "plan", path: "metadata.customer.plan" }) { id } }');
  await story.ask('mutation { addDerivedColumn(column: { of: SPANS, name: "slow", condition: "type:llm AND duration > 10s" }) { id } }');
  const issuePath = `${projectPath}/diagnostics?issue=${await makeIssues(story, content[0].id)}`;
  const { before, after } = await makeTwoRuns(story, project);
  await judge(story, project, before);
  const comparedPath = `${projectPath}/traces/${before}/compare/${after}`;
  const graphPath = `${projectPath}/logs?trace=${after}`;
  const loop = await makeLoop(story, project, { _opik_graph_definition: { format: "mermaid", data: AGENT_GRAPH } });
  const recordedGraphPath = `${projectPath}/logs?trace=${loop}&view=graph`;
  const renamedAt = await changePrompt(story, prompts.content[0].id);
  const pairingPath = (await beginPairing(story, { id: content[0].id, name: project }, "Ada’s laptop", "connect")).path;
  const playgroundPath = await makePlayground(story, { id: content[0].id, name: project });
  return { project, projectPath, issuePath, renamedAt, playgroundPath, pairingPath, comparedPath, judgedPath: `${projectPath}/logs?trace=${before}`, graphPath, recordedGraphPath, queuePath, dashboardPath, datasetPath, comparisonPath, optimizationPath, emptyPath, promptPath, threadPath, pastPath, seenPath, tracePath: `${projectPath}/logs?trace=${failed.id}` };
}

/** Two versions of what agents are set to, an environment at each, and a mask. */
async function configureAgents(story, project_id) {
  const text = (key, value) => ({ key, value, type: "string" });
  const add = (type, values, description) => story.patch("agent-configs/blueprints", { project_id, blueprint: { type, values, description } });
  const asked = "You answer customers of a shop.\nBe brief and kind.\nIf you do not know, say so.";
  const values = [text("model", "gpt-4o-mini"), { key: "temperature", value: "0.2", type: "float" }];
  const blueprint = { type: "blueprint", values: [...values, text("system_prompt", asked)], description: "As it began" };
  await story.post("agent-configs/blueprints", { project_id, blueprint });
  await add("blueprint", [...values, text("system_prompt", asked.replace("kind", "honest"))], "Honesty first");
  await add("mask", [{ key: "temperature", value: "0.9", type: "float" }], "Livelier answers");
  const ask = "query ($id: ID!) { agentConfiguration(projectId: $id) { latest { id } } }";
  const { agentConfiguration } = await story.ask(ask, { id: project_id });
  const move = "mutation ($id: ID!, $to: ID!) { setAgentEnvironment(projectId: $id, environment: \"staging\", blueprintId: $to) { projectId } }";
  await story.ask(move, { id: project_id, to: agentConfiguration.latest.id });
}

/** A trace with files, with pictures and sounds in what was said, and with documents that were found. */
async function makeSeen(story, project) {
  const dataUrl = (type, bytes) => `data:${type};base64,${bytes.toString("base64")}`;
  const content = [
    { type: "text", text: "What is on this receipt, and what does the customer say?" },
    { type: "image_url", image_url: { url: dataUrl("image/png", png(160, 90)) } },
    { type: "input_audio", input_audio: { data: wav(0.5).toString("base64"), format: "wav" } },
  ];
  const answer = "Sum the lines up:\n\n```python\ndef total(lines):\n    # cents, so that nothing is lost\n    return sum(line[\"cents\"] for line in lines)\n```\n\nThat is **12.50 €**.";
  const documents = [
    { page_content: "Receipts are kept for **ten years**.", metadata: { source: "terms.md", page: 3 }, score: 0.92 },
    { page_content: "Refunds take three days.", metadata: { source: "refunds.md", page: 1 }, score: 0.71 },
  ];
  const made = await story.post("traces", {
    project_name: project,
    name: "receipt reader",
    start_time: new Date(Date.now() - 7_202_000).toISOString(),
    end_time: new Date(Date.now() - 7_200_000).toISOString(),
    input: { messages: [{ role: "user", content }] },
    output: { answer },
    metadata: { query: "receipt", documents, lines: [{ id: 17, title: "Beans", cents: 900 }, { id: 20, title: "Filters", cents: 350 }] },
  });
  const id = made.headers.get("location").split("/").at(-1);
  for (const file of FILES) await attach(story, { kind: "trace", id, project }, file);
  return id;
}

/** Changes of a trace, one of which is taken back; and something in the trash. */
async function makePast(story, project, traceId, traces) {
  const lines = ["You help customers of a shop.", "Never promise a date.", "Question: where is my parcel?"];
  const change = (fields) => story.patch(`traces/${traceId}`, { project_name: project, ...fields });
  await change({ metadata: { prompt: lines.join("\n"), attempt: 1, customer: { plan: "pro", country: "de" } } });
  await change({ metadata: { prompt: lines.with(1, "Never promise a day or an hour.").join("\n"), attempt: 2, customer: { plan: "pro", country: "de" } } });
  await change({ tags: ["escalated", "refund"] });
  const newest = await story.ask("query ($id: ID!) { history(id: $id, first: 1) { nodes { position } } }", { id: traceId });
  await story.ask("mutation ($position: Position!) { undo(position: $position) }", { position: newest.history.nodes[0].position });
  await story.post(`traces/${traceId}/comments`, { text: "The customer was **told** a date all the same." });
  const goes = ({ name, thread_id: thread }) => name === "support agent" && thread !== SHOWN_THREAD;
  const ids = traces.filter(goes).slice(-4).map(({ id }) => id);
  await story.post("traces/delete", { ids });
  await story.post("prompts", { name: "old greeting", template: "Hello {{name}}", project_name: project });
  const { content } = await story.get("prompts?name=old");
  await story.post("prompts/delete", { ids: [content[0].id] });
}

/** What somebody found to be wrong over some days; and the worst of it. */
async function makeIssues(story, projectId) {
  const report = "mutation ($project: ID!, $day: String!, $issues: [ReportedIssueInput!]!) { reportInsights(projectId: $project, day: $day, issues: $issues) }";
  const guide = "mutation ($project: ID!) { setInsightsJobStatus(projectId: $project, status: ENABLED) { id } }";
  await story.ask(guide, { project: projectId });
  const worst = uuid7();
  const [promised, slow] = [worst, uuid7()];
  for (const [back, count] of [4, 7, 3, 9, 12].entries()) {
    const day = new Date(Date.now() - (5 - back) * 86_400_000).toISOString().slice(0, 10);
    const figures = { totalCount: 40, usersImpacted: 2 + back, totalUsers: 20 };
    const issues = [
      { id: promised, name: "Dates are promised", description: "The agent **promises** a day of delivery, which it never knows.", cause: "The carrier tells an estimate, and the prompt does not say what that is.", suggestedFix: "Say in the prompt that an estimate is none:\n\n> Never promise a date.", tracesQuery: "name:support", severity: "CRITICAL", count, ...figures },
      { id: slow, name: "The rate limit is met", description: "Calls of the model end with 429.", tracesQuery: "error_type:RateLimitError", severity: "MEDIUM", count: back + 1, ...figures },
    ];
    await story.ask(report, { project: projectId, day, issues });
  }
  return worst;
}

/** Says what a prompt is for, in other words than before; and at which position that lies. */
async function changePrompt(story, id) {
  const change = (description) => story.ask("mutation ($input: UpdatePromptInput!) { updatePrompt(input: $input) { id } }", { input: { id, description } });
  await change("What customers of the shop are told.");
  await change("What customers of the shop are told, in their own language and never with a date.");
  const { history } = await story.ask("query ($id: ID!) { history(id: $id, first: 1) { nodes { position } } }", { id });
  return history.nodes[0].position;
}

/** Rules that delete nothing of what is shown, and an erasure of what somebody said. */
async function makeRules(story, projectId) {
  const make = (rule) => story.ask("mutation ($rule: RetentionRuleInput!) { createRetentionRule(rule: $rule) { id } }", { rule });
  await make({ period: "EXTENDED", applyToPast: true });
  await make({ environment: "staging", period: "SHORT" });
  await make({ projectId, environment: "production", period: "UNLIMITED" });
  await story.ask("mutation ($user: String!) { erase(what: { user: $user }) { id } }", { user: "nobody@example.org" });
}

/** A search for a better prompt that is still going on. */
async function makeOptimization(story, project, dataset) {
  const search = await beginOptimization(story, { project, dataset, objective: "closeness" });
  const words = ["Answer the question.", "Answer the question in one sentence.", "Answer the question.\nIf you do not know, say so.", "Answer like a poet.", "Answer the question in one sentence.\nIf you do not know, say so."];
  const scores = [0.42, 0.55, 0.61, 0.2, 0.78];
  for (const [at, score] of scores.entries()) {
    await search.tryPrompt(words[at], score, { temperature: at / 10 });
    if (at % 2 === 1) await search.tryPrompt(words[at], 1, { kind: "mini-batch" });
  }
  return search.id;
}

/** A queue of some traces, of which one is judged. */
async function makeQueue(story, projectId, traces) {
  await story.post("feedback-definitions", { name: "correct", type: "boolean", details: { true_label: "yes", false_label: "no" } });
  await story.post("feedback-definitions", { name: "clarity", type: "numerical", details: { min: 0, max: 10 } });
  const queue = {
    project_id: projectId,
    name: "answers of the week",
    description: "What customers were told.",
    scope: "trace",
    instructions: "Is what the agent says **correct**, and would a customer understand it?",
    feedback_definition_names: ["correct", "clarity"],
  };
  const made = await story.post("annotation-queues", queue);
  const id = made.headers.get("location").split("/").at(-1);
  const ids = traces.filter(({ name }) => name === "support agent").slice(0, 12).map((trace) => trace.id);
  await story.post(`annotation-queues/${id}/items/add`, { ids });
  const score = { name: "correct", value: 1, source: "ui" };
  await fetch(`${story.server.apiUrl}/v1/private/traces/${ids.at(-1)}/feedback-scores`, {
    method: "PUT",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(score),
  });
  await story.post(`traces/${ids.at(-1)}/comments`, { text: "The date is *promised* here, which we never do." });
  return id;
}

/** A connected agent, and a run of it that is still going on. */
async function makePlayground(story, project) {
  const params = [
    { name: "question", type: "string", presence: "required" },
    { name: "attempts", type: "integer", presence: "optional" },
    { name: "polite", type: "boolean", presence: "optional" },
  ];
  const agents = { support: { description: "Answers a customer of the shop.", language: "python", params, timeout: 0 } };
  const runner = await connectRunner(story, project, "Ada’s laptop", agents);
  const inputs = { question: "Where is parcel 1042?", attempts: 2, polite: true };
  const ask = async () => {
    const made = await story.post("local-runners/jobs", { agent_name: "support", project_id: project.id, inputs });
    const job = made.headers.get("location").split("/").at(-1);
    await story.post(`local-runners/${runner}/jobs/next`);
    return job;
  };
  await story.post(`local-runners/jobs/${await ask()}/results`, { status: "failed", error: "TimeoutError: the shop did not answer" });
  const job = await ask();
  const trace = uuid7();
  await story.post(`local-runners/jobs/${job}/results`, { status: "running", trace_id: trace });
  const from = Date.now();
  const at = (ms) => new Date(from + ms).toISOString();
  const common = { project_name: project.name, trace_id: trace };
  await story.post("traces", { id: trace, project_name: project.name, name: "support", start_time: at(0), input: inputs });
  await story.post("spans", { ...common, name: "plan", type: "llm", model: "gpt-4o-mini", provider: "openai", usage: { prompt_tokens: 420, completion_tokens: 35, total_tokens: 455 }, start_time: at(20), end_time: at(730) });
  await story.post("spans", { ...common, name: "track parcel", type: "tool", start_time: at(750) });
  const lines = ["planning for “Where is parcel 1042?”", "asking the carrier"].map((text) => ({ stream: "stdout", text }));
  await story.post(`local-runners/jobs/${job}/logs`, [...lines, { stream: "stderr", text: "warning: the carrier is slow today" }]);
  return `/default/projects/${project.id}/agent-playground?job=${job}`;
}

/** A dashboard with one widget of each type. */
async function makeDashboard(story, projectId) {
  const widgets = [
    { type: "project_stats_card", title: "Traces", config: { metric: "trace_count" }, at: [0, 0, 1, 2] },
    { type: "project_stats_card", title: "Failed", config: { metric: "error_rate" }, at: [1, 0, 1, 2] },
    { type: "project_stats_card", title: "Cost", config: { metric: "total_estimated_cost_sum" }, at: [0, 2, 1, 2] },
    { type: "project_stats_card", title: "Helpfulness", config: { metric: "feedback_scores.helpfulness" }, at: [1, 2, 1, 2] },
    { type: "project_metrics", title: "How long it takes", config: { metricType: "DURATION" }, at: [2, 0, 2, 4] },
    { type: "project_metrics", title: "Scores", config: { metricType: "FEEDBACK_SCORES" }, at: [4, 0, 2, 4] },
    { type: "statistics_table", title: "By model", config: { source: "spans", breakdown: { field: "model" } }, at: [0, 4, 3, 4] },
    { type: "text_markdown", title: "Read me", config: { content: "Ask **Ada** when *Failed* is above 5 %.\n\n- mornings: look here\n- Fridays: look at the dataset" }, at: [3, 4, 1, 4] },
    { type: "experiments_feedback_scores", title: "Scores of experiments", config: {}, at: [4, 4, 2, 4] },
    { type: "experiment_leaderboard", title: "Leaderboard", config: { enableRanking: true, rankingMetric: "feedback_scores.brevity" }, at: [0, 8, 6, 4] },
  ];
  const section = {
    id: "overview",
    title: "Overview",
    widgets: widgets.map(({ type, title, config }) => ({ id: title, type, title, config: { ...config, projectId } })),
    layout: widgets.map(({ title, at: [x, y, w, h] }) => ({ i: title, x, y, w, h })),
  };
  const dashboard = { name: "Every morning", description: "What the team looks at first.", type: "multi_project" };
  const made = await story.post("dashboards", { ...dashboard, config: { version: 4, sections: [section] } });
  return (await made.json()).id;
}

const spanRows = (page) => page.getByRole("grid", { name: "Spans" }).getByRole("row");

const metadata = (page) => page.getByRole("region", { name: "Metadata", exact: true });

const attachments = (page) => page.getByRole("region", { name: "Attachments" });

const auditRows = (page) => page.getByRole("table", { name: "What happened, newest first" }).getByRole("row").filter({ has: page.getByRole("cell") });

const threadRows = (page) => page.getByRole("grid", { name: "Threads" }).getByRole("row");

export const SCREENS = {
  "get started": () => ["/default/get-started", (page) => page.getByRole("heading", { name: "Send your first trace" })],
  projects: () => ["/default/projects", (page) => page.getByText(/^\$\d/).first()],
  "editing a project": ({ project }) => [
    "/default/projects",
    async (page) => {
      await page.getByRole("button", { name: `Actions of ${project}` }).click();
      await page.getByRole("menuitem", { name: "Edit" }).click();
      return page.getByRole("dialog").getByRole("button", { name: "Save" });
    },
  ],
  "demo project": () => [
    "/default/get-started",
    async (page) => {
      await page.getByRole("button", { name: "Open a demo project" }).click();
      return traceRows(page).filter({ hasText: "buying planner" });
    },
  ],
  "command palette": ({ projectPath }) => [
    `${projectPath}/logs`,
    async (page) => {
      await traceRows(page).first().waitFor();
      await page.keyboard.press("Control+k");
      await page.keyboard.type("support");
      await page.getByRole("menuitem", { name: "support answer" }).waitFor();
      return page.getByRole("group", { name: "Found in this project" }).getByRole("menuitem").first();
    },
  ],
  diagnostics: ({ projectPath }) => [`${projectPath}/diagnostics`, (page) => page.getByRole("table", { name: "Issues" }).getByRole("link").first()],
  issue: ({ issuePath }) => [issuePath, (page) => page.getByRole("dialog").getByRole("application")],
  "no diagnostics": ({ emptyPath }) => [`${emptyPath}/diagnostics`, (page) => page.getByText("No open issues")],
  "groups of experiments": ({ projectPath }) => [
    `${projectPath}/experiments?group=metadata.model.name,dataset`,
    (page) => page.getByRole("region", { name: "Scores of groups" }).getByRole("application"),
  ],
  pairing: ({ pairingPath }) => [pairingPath, (page) => page.getByRole("button", { name: "Connect Ada’s laptop" })],
  "broken pairing": () => ["/opik/pair/v1#AAAA", (page) => page.getByText("This link connects nothing")],
  logs: ({ projectPath }) => [`${projectPath}/logs`, (page) => page.getByRole("application").first()],
  spans: ({ projectPath }) => [`${projectPath}/logs?logsType=spans`, (page) => spanRows(page).nth(1)],
  "figures against the time before": ({ projectPath }) => [`${projectPath}/logs?filter=start > -12h AND has:tags`, (page) => page.locator("small").first()],
  "saving a view": ({ projectPath }) => [
    `${projectPath}/logs?filter=error:true`,
    async (page) => {
      await page.getByRole("button", { name: /^Views/ }).click();
      await page.getByRole("menuitem", { name: "Save as a view…" }).click();
      return page.getByRole("dialog").getByRole("button", { name: "Save view" });
    },
  ],
  "search beside a filter": ({ projectPath }) => [`${projectPath}/logs?filter=has:tags&q=parcel`, (page) => page.getByRole("button", { name: "Filter by these words too" })],
  "offered values": ({ projectPath }) => [
    `${projectPath}/logs?logsType=spans`,
    async (page) => {
      await spanRows(page).nth(1).waitFor();
      await page.keyboard.press("f");
      await page.keyboard.type("type:llm AND model:");
      return page.getByRole("option", { name: /^gpt-4o-mini/ });
    },
  ],
  "editing a filter": ({ projectPath }) => [
    `${projectPath}/logs?filter=tags:shop AND NOT error:true AND cost > 0.0001`,
    async (page) => {
      await page.getByRole("button", { name: "cost > 0.0001", exact: true }).click();
      return page.getByRole("combobox", { name: "Value" });
    },
  ],
  "adding a filter": ({ projectPath }) => [
    `${projectPath}/logs?filter=has:tags`,
    async (page) => {
      await page.getByRole("button", { name: "Add filter" }).click();
      return page.getByRole("option", { name: /^metadata.customer.plan/ });
    },
  ],
  "alternatives as text": ({ projectPath }) => [`${projectPath}/logs?filter=tags:beta OR error:true`, (page) => page.getByRole("button", { name: "Edit as text" })],
  "values of a column": ({ projectPath }) => [
    `${projectPath}/logs?logsType=spans&filter=has:model`,
    async (page) => {
      await page.getByRole("button", { name: "Values of Model" }).focus();
      await page.keyboard.press("Enter");
      return page.getByRole("dialog").getByRole("button", { name: /^claude-sonnet-4/ });
    },
  ],
  "figures of a column": ({ projectPath }) => [
    `${projectPath}/logs?logsType=spans`,
    async (page) => {
      await page.getByRole("button", { name: "Values of Duration" }).focus();
      await page.keyboard.press("Enter");
      return page.getByRole("dialog").getByText("p99");
    },
  ],
  differences: ({ projectPath }) => [
    `${projectPath}/logs?filter=error:true&differs=error:true`,
    (page) => page.getByRole("region", { name: "Differences" }).getByRole("heading", { level: 3 }).first(),
  ],
  "no differences": ({ projectPath }) => [`${projectPath}/logs?differs=name:mirage`, (page) => page.getByText("No trace is selected")],
  threads: ({ projectPath }) => [`${projectPath}/logs?logsType=threads`, (page) => threadRows(page).nth(1)],
  "no threads": ({ emptyPath }) => [`${emptyPath}/logs?logsType=threads`, (page) => page.getByText("No conversations yet")],
  "open thread": ({ threadPath }) => [threadPath, (page) => page.getByRole("article", { name: "Turn 3" })],
  "thread page": ({ threadPath }) => [threadPath.replace("logs?logsType=threads&thread=", "threads/"), (page) => page.getByRole("article", { name: "Turn 3" })],
  search: ({ projectPath }) => [`${projectPath}/logs?q=indigo`, (page) => traceRows(page).first()],
  "nothing matches": ({ projectPath }) => [`${projectPath}/logs?filter=name:mirage`, (page) => page.getByText("Nothing matches")],
  "open trace": ({ tracePath }) => [tracePath, (page) => page.getByRole("treeitem", { name: /^look_up/ })],
  timeline: ({ tracePath }) => [`${tracePath}&view=timeline`, (page) => page.getByRole("tree", { name: "Spans over time" })],
  "flame chart": ({ tracePath }) => [`${tracePath}&view=flame`, (page) => page.getByRole("treeitem", { name: /^look_up/ })],
  transcript: ({ tracePath }) => [
    `${tracePath}&view=transcript`,
    (page) => page.getByRole("region", { name: "Transcript" }).getByText("Given"),
  ],
  "pictures and sounds": ({ seenPath }) => [seenPath, (page) => page.getByRole("region", { name: "Code in python" }).locator("[data-code]").first()],
  attachments: ({ seenPath }) => [
    seenPath,
    async (page) => {
      await attachments(page).getByText("model.bin").scrollIntoViewIfNeeded();
      return attachments(page).getByRole("img").first();
    },
  ],
  "large picture": ({ seenPath }) => [
    seenPath,
    async (page) => {
      await attachments(page).getByRole("button", { name: "Open receipt.png" }).click();
      return page.getByRole("dialog").getByRole("img");
    },
  ],
  "found documents": ({ seenPath }) => [
    seenPath,
    async (page) => {
      await metadata(page).getByRole("table").scrollIntoViewIfNeeded();
      return metadata(page).getByText("terms.md", { exact: true });
    },
  ],
  "finding in a tree": ({ seenPath }) => [
    seenPath,
    async (page) => {
      await metadata(page).getByRole("radio", { name: "Tree" }).click();
      await metadata(page).getByRole("button", { name: "Find in metadata" }).click();
      await page.keyboard.type("source");
      return metadata(page).getByText("1 of 2");
    },
  ],
  "actions of a value": ({ seenPath }) => [
    seenPath,
    async (page) => {
      await metadata(page).getByRole("button", { name: "Actions for query" }).click();
      return page.getByRole("menuitem", { name: "Filter by this" });
    },
  ],
  "comparison of traces": ({ comparedPath }) => [comparedPath, (page) => page.getByText("1 same, 2 changed")],
  "difference of spans": ({ comparedPath }) => [
    comparedPath,
    async (page) => {
      await page.getByText("1 same, 2 changed").waitFor();
      await page.keyboard.press("n");
      return page.getByRole("region", { name: "Input", exact: true }).locator("mark").first();
    },
  ],
  "comparing with": ({ graphPath }) => [
    graphPath,
    async (page) => {
      await page.getByRole("treeitem", { name: /^pay/ }).waitFor();
      await page.keyboard.press("d");
      return page.getByRole("dialog").getByRole("link");
    },
  ],
  graph: ({ graphPath }) => [`${graphPath}&view=graph`, (page) => page.getByRole("button", { name: /^Tool pay/ })],
  "recorded graph": ({ recordedGraphPath }) => [recordedGraphPath, (page) => page.getByRole("button", { name: "__start__" })],
  verdicts: ({ judgedPath }) => [
    judgedPath,
    async (page) => {
      await page.getByRole("button", { name: "what PII found" }).click();
      await page.getByRole("region", { name: "Assertions", exact: true }).scrollIntoViewIfNeeded();
      return page.getByText("CREDIT_CARD").first();
    },
  ],
  "spans found by conditions": ({ graphPath }) => [
    `${graphPath}&find=${encodeURIComponent("type:tool AND error:true")}`,
    (page) => page.getByText("1 of 4 match"),
  ],
  "refused conditions of spans": ({ graphPath }) => [
    `${graphPath}&find=${encodeURIComponent("duration > soon")}`,
    (page) => page.getByRole("alert").filter({ hasText: "soon" }),
  ],
  "environments of the logs": ({ projectPath }) => [
    `${projectPath}/logs`,
    async (page) => {
      await traceRows(page).first().waitFor();
      await page.getByRole("button", { name: "Environment: All environments" }).click();
      return page.getByRole("menu", { name: "Environment" });
    },
  ],
  "menu of a trace": ({ graphPath }) => [
    graphPath,
    async (page) => {
      await page.getByRole("button", { name: "More actions" }).click();
      return page.getByRole("menuitem", { name: "Delete the trace" });
    },
  ],
  annotating: ({ tracePath }) => [
    tracePath,
    async (page) => {
      await page.getByRole("treeitem", { name: /^look_up/ }).waitFor();
      await page.keyboard.press("a");
      return page.getByRole("region", { name: "Annotate" }).getByRole("radio").first();
    },
  ],
  commenting: ({ tracePath }) => [
    tracePath,
    async (page) => {
      await page.getByRole("treeitem", { name: /^look_up/ }).waitFor();
      await page.keyboard.press("c");
      return page.getByRole("region", { name: "Comments" }).getByText("Nobody has written");
    },
  ],
  history: ({ pastPath }) => [
    pastPath,
    (page) => page.getByRole("region", { name: "History" }).getByText("Change undone"),
  ],
  "as it was": ({ pastPath }) => [
    pastPath,
    async (page) => {
      await page.getByRole("article", { name: /^Trace changed/ }).nth(1).getByRole("button", { name: "Show as it was" }).click();
      return page.getByRole("region", { name: "As it was" }).getByText("Trace changed by");
    },
  ],
  "spans as they were": ({ pastPath }) => [
    pastPath,
    async (page) => {
      await page.getByRole("slider", { name: "Moment of this trace" }).press("ArrowLeft");
      return page.getByText(/^Spans as of position/);
    },
  ],
  "history of a prompt": ({ promptPath }) => [
    `${promptPath}?history=changes`,
    (page) => page.getByRole("dialog").getByText("Prompt version created").last(),
  ],
  trash: () => ["/default/trash", (page) => page.getByRole("row", { name: /old greeting/ })],
  "empty trash": ({ emptyPath }) => [`${emptyPath}/trash`, (page) => page.getByText("The trash is empty")],
  activity: ({ projectPath }) => [`${projectPath}/activity`, (page) => page.getByRole("table", { name: "What was done, newest first" }).getByText("Prompt created").first()],
  "activity of one kind": ({ projectPath }) => [`${projectPath}/activity?area=agents`, (page) => page.getByText("Agent environment moved").first()],
  "no activity": ({ emptyPath }) => [`${emptyPath}/activity?area=prompts`, (page) => page.getByText("Nothing was done of this kind")],
  "audit log": () => ["/default/audit-log", (page) => auditRows(page).nth(3)],
  "audit log of decisions": () => [
    "/default/audit-log?events=decisions&action=delete",
    (page) => auditRows(page).filter({ hasText: "old greeting" }),
  ],
  "nothing in the audit log": () => ["/default/audit-log?who=nobody-at-all", (page) => page.getByText("No event is like this")],
  "event of the audit log": ({ renamedAt }) => [
    `/default/audit-log?events=decisions&at=${renamedAt}`,
    (page) => page.getByRole("dialog").getByRole("region", { name: "What it changed" }),
  ],
  "export of the audit log": () => [
    "/default/audit-log",
    async (page) => {
      await auditRows(page).first().waitFor();
      await page.getByRole("button", { name: "Export…" }).click();
      return page.getByRole("dialog").getByText("--export");
    },
  ],
  "annotation queues": ({ projectPath }) => [`${projectPath}/annotation-queues`, (page) => page.getByRole("link", { name: "answers of the week" })],
  "no queues": ({ emptyPath }) => [`${emptyPath}/annotation-queues`, (page) => page.getByText("No queues yet")],
  "annotation queue": ({ queuePath }) => [queuePath, (page) => page.getByRole("row", { name: /judged/ })],
  review: ({ queuePath }) => [`${queuePath}/review`, (page) => page.getByRole("textbox", { name: "clarity" })],
  search: () => ["/default/search?q=refund", (page) => page.getByRole("list", { name: "Hits" }).getByRole("listitem").first()],
  "nothing found": () => ["/default/search?q=zzzunheard", (page) => page.getByText("Nothing has these words")],
  dashboards: () => ["/default/dashboards", (page) => page.getByRole("link", { name: "Every morning" })],
  dashboard: ({ dashboardPath }) => [dashboardPath, (page) => page.getByRole("row", { name: /shorter answers/ }).last()],
  "at a glance": ({ projectPath }) => [`${projectPath}/dashboards`, (page) => page.getByRole("application").nth(4)],
  prompts: ({ projectPath }) => [`${projectPath}/prompts`, (page) => page.getByRole("link", { name: "support answer" })],
  "no prompts": ({ emptyPath }) => [`${emptyPath}/prompts`, (page) => page.getByText("No prompts yet")],
  prompt: ({ promptPath }) => [promptPath, (page) => page.getByRole("heading", { name: "v2" })],
  "writing a template": ({ promptPath }) => [
    promptPath,
    async (page) => {
      await page.getByRole("button", { name: "New version" }).click();
      const dialog = page.getByRole("dialog");
      const places = dialog.locator("[contenteditable] code");
      await places.first().waitFor();
      await dialog.getByText("Metadata", { exact: true }).click();
      await dialog.getByLabel("Metadata as JSON (optional)").and(page.locator("[contenteditable]")).fill('{\n  "owner": "Ada",\n  "review": {"by": ["Grace", null], "days": 14, "done": true}\n}');
      return places.first();
    },
  ],
  "agent playground": ({ playgroundPath }) => [
    playgroundPath,
    async (page) => {
      await page.getByRole("button", { name: "Stop" }).waitFor();
      return page.getByRole("treeitem", { name: /^track parcel/ });
    },
  ],
  "agent configuration": ({ projectPath }) => [`${projectPath}/agent-configuration`, (page) => page.getByRole("table", { name: "Values of v2" })],
  "no agent configuration": ({ emptyPath }) => [`${emptyPath}/agent-configuration`, (page) => page.getByText("No agent configuration yet")],
  "difference of agent versions": ({ projectPath }) => [
    `${projectPath}/agent-configuration`,
    async (page) => {
      await page.getByRole("button", { name: "What changed" }).click();
      return page.getByRole("region", { name: "system_prompt changed" });
    },
  ],
  "agent mask": ({ projectPath }) => [
    `${projectPath}/agent-configuration`,
    async (page) => {
      await page.getByRole("table", { name: "Masks" }).getByRole("button").click();
      return page.getByRole("dialog").getByRole("region", { name: "temperature changed" });
    },
  ],
  "new agent version": ({ projectPath }) => [
    `${projectPath}/agent-configuration`,
    async (page) => {
      await page.getByRole("button", { name: "New version" }).click();
      return page.getByRole("dialog").getByRole("group", { name: "Value 2" });
    },
  ],
  "history of an agent configuration": ({ projectPath }) => [
    `${projectPath}/agent-configuration?history=changes`,
    (page) => page.getByRole("dialog").getByText("Agent version or mask made").last(),
  ],
  "connecting an agent": ({ emptyPath }) => [`${emptyPath}/agent-playground`, (page) => page.getByRole("heading", { name: "Connect an agent" })],
  datasets: ({ projectPath }) => [`${projectPath}/datasets`, (page) => page.getByRole("link", { name: "customer questions" })],
  "no datasets": ({ emptyPath }) => [`${emptyPath}/datasets`, (page) => page.getByText("No datasets yet")],
  dataset: ({ datasetPath }) => [datasetPath, (page) => page.getByText("Where is my parcel?")],
  "broken JSON": ({ datasetPath }) => [
    datasetPath,
    async (page) => {
      await page.getByRole("button", { name: "Open item 1" }).click();
      const dialog = page.getByRole("dialog");
      await dialog.getByRole("radio", { name: "JSON" }).click();
      await dialog.getByLabel("Item as JSON").and(page.locator("[contenteditable]")).fill('{\n  "question": "Where is my parcel?",\n  "expected": {"status": "sent" "days": 2, "late": false}\n}');
      await dialog.locator(".cm-lintRange-error").waitFor();
      return dialog.getByText("Line 3, column 33");
    },
  ],
  "dataset versions": ({ datasetPath }) => [`${datasetPath}?tab=versions`, (page) => page.getByRole("row", { name: /^v1/ })],
  experiments: ({ projectPath }) => [`${projectPath}/experiments`, (page) => page.getByRole("link", { name: "shorter answers" })],
  "no experiments": ({ emptyPath }) => [`${emptyPath}/experiments`, (page) => page.getByText("No experiments yet")],
  comparison: ({ comparisonPath }) => [comparisonPath, (page) => page.getByRole("button", { name: /regressed/ })],
  "compared item": ({ comparisonPath }) => [
    comparisonPath,
    async (page) => {
      await page.getByRole("button", { name: "Open item 1" }).click();
      return page.getByRole("dialog").getByRole("region", { name: "Output" }).last();
    },
  ],
  configuration: ({ comparisonPath }) => [`${comparisonPath}&tab=configuration`, (page) => page.getByRole("row", { name: /^model.name/ })],
  optimizations: ({ projectPath }) => [`${projectPath}/optimizations`, (page) => page.getByRole("link", { name: "closer answers" })],
  "no optimizations": ({ emptyPath }) => [`${emptyPath}/optimizations`, (page) => page.getByText("No optimizations yet")],
  optimization: ({ optimizationPath }) => [
    optimizationPath,
    async (page) => {
      await page.getByRole("application").waitFor();
      return page.getByRole("region", { name: "Best prompt" }).getByText("If you do not know, say so.");
    },
  ],
  "feedback definitions": () => ["/default/settings", (page) => page.getByRole("row", { name: /User feedback/ })],
  environments: () => ["/default/settings?tab=environments", (page) => page.getByRole("heading", { name: "Environments", exact: true })],
  "derived columns": () => ["/default/settings?tab=columns", (page) => page.getByRole("table", { name: "Derived columns" }).getByRole("row", { name: /^plan/ })],
  "new derived column": () => [
    "/default/settings?tab=columns",
    async (page) => {
      await page.getByRole("button", { name: "New column" }).click();
      return page.getByRole("dialog").getByLabel("Path");
    },
  ],
  prices: () => ["/default/settings?tab=prices", (page) => page.getByText("No prices of your own")],
  retention: () => ["/default/settings?tab=retention", (page) => page.getByRole("rowheader", { name: /, in production/ })],
  "new retention rule": () => [
    "/default/settings?tab=retention",
    async (page) => {
      await page.getByRole("button", { name: "New rule" }).click();
      await page.getByLabel("Also what started before now").check();
      return page.getByRole("dialog").getByText(/^That is/);
    },
  ],
  erasures: () => ["/default/settings?tab=erasures", (page) => page.getByRole("row", { name: /^User/ }).getByText("done")],
  erasing: ({ graphPath }) => [
    graphPath,
    async (page) => {
      await page.getByRole("button", { name: "More actions" }).click();
      await page.getByRole("menuitem", { name: "Erase" }).click();
      return page.getByRole("dialog").getByLabel("Type “erase” to go on");
    },
  ],
  workspaces: () => ["/default/workspaces", (page) => page.getByRole("table", { name: "Workspaces" }).getByText("you are here")],
  forking: () => ["/default/workspaces?fork=true", (page) => page.getByRole("dialog").getByLabel("Name of the fork")],
  preferences: () => ["/default/settings?tab=preferences", (page) => page.getByRole("button", { name: "Save preferences" })],
  "nothing there": () => ["/default/nowhere/at/all", (page) => page.getByText("There is nothing at this address")],
};
