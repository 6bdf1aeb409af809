// What a full world is made of, for those who go through every screen.
import { attach, FILES, png, wav } from "./files.js";
import { uuid7 } from "./load.js";
import { beginPairing, connectRunner } from "./pairing.js";
import { beginOptimization } from "./optimizing.js";
import { AGENT_GRAPH, judge, makeLoop, makeTwoRuns } from "./runs.js";

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
  const suitePath = `${projectPath}/datasets/${await makeSuite(story, project)}/items`;
  const comparisonPath = `${projectPath}/experiments/${datasets[0].id}/compare?experiments=${encodeURIComponent(ids)}`;
  const queuePath = `${projectPath}/annotation-queues/${await makeQueue(story, content[0].id, traces.content)}`;
  const alertPath = `${projectPath}/alerts/${await makeAlert(story, content[0].id)}`;
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
  const picturedPromptPath = `${projectPath}/prompts/${await makePicturedPrompt(story, content[0].id)}`;
  const pairingPath = (await beginPairing(story, { id: content[0].id, name: project }, "Ada’s laptop", "connect")).path;
  const playgroundPath = await makePlayground(story, { id: content[0].id, name: project });
  return { project, projectPath, issuePath, renamedAt, playgroundPath, pairingPath, comparedPath, judgedPath: `${projectPath}/logs?trace=${before}`, graphPath, recordedGraphPath, queuePath, reviewersPath: `/default/sme?queueId=${queuePath.split("/").at(-1)}`, alertPath, dashboardPath, datasetPath, suitePath, comparisonPath, optimizationPath, emptyPath, promptPath, picturedPromptPath, threadPath, pastPath, seenPath, tracePath: `${projectPath}/logs?trace=${failed.id}` };
}

/** A test suite with terms for all its items, and two items of which one has terms of its own. */
async function makeSuite(story, project_name) {
  const evaluators = (...names) => [{ name: "llm_judge", type: "llm_judge", config: { schema: names.map((name) => ({ name, type: "BOOLEAN", description: name })) } }];
  const of = { dataset_name: "refunds", project_name };
  await story.post("datasets", { name: "refunds", type: "evaluation_suite", description: "What must never go wrong.", tags: ["before each release"], project_name });
  const plain = { source: "manual", data: { question: "Where is my money?", order: { number: 4711, cents: 1250 } } };
  const own = { ...plain, data: { question: "May I return shoes that I have worn once?" }, description: "Came up three times in May", tags: ["returns", "hard"] };
  await story.put("datasets/items", { ...of, items: [plain, { ...own, evaluators: evaluators("The answer names 30 days", "The answer asks for no receipt"), execution_policy: { runs_per_item: 5, pass_threshold: 4 } }] });
  const { content: [suite] } = await story.get("datasets?name=refunds");
  const change = "mutation ($input: ChangeDatasetItemsInput!) { changeDatasetItems(input: $input) { id } }";
  await story.ask(change, { input: { datasetId: suite.id, evaluators: JSON.stringify(evaluators("The answer is polite")), executionPolicy: { runsPerItem: 3, passThreshold: 2 }, description: "Test settings", overrides: true } });
  return suite.id;
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

/** A chat of two versions that sends pictures and a sound along. */
async function makePicturedPrompt(story, project_id) {
  const picture = (width, height) => ({ type: "image_url", image_url: { url: `data:image/png;base64,${png(width, height).toString("base64")}` } });
  const sound = { type: "input_audio", input_audio: { data: wav(0.5).toString("base64"), format: "wav" } };
  const film = { type: "video_url", video_url: { url: "https://films.example/unpacking.mp4" } };
  const chat = (text, ...media) => JSON.stringify([{ role: "system", content: "You read receipts." }, { role: "user", content: [{ type: "text", text }, ...media] }]);
  const name = "receipt reader";
  await story.post("prompts", { name, template: chat("Here is one of {{customer}}.", picture(160, 90), sound), template_structure: "chat", project_id });
  await story.post("prompts/versions", { name, version: { template: chat("Here is one of {{customer}}, and how it was unpacked.", picture(120, 120), sound, film) }, template_structure: "chat", project_id });
  const { content } = await story.get("prompts?name=receipt");
  return content[0].id;
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
/** An alert with all that one can have, which has nothing to tell. */
async function makeAlert(story, project_id) {
  const config = (type, value, group_index) => ({ type, config_value: { window: "3600", ...value }, group_index });
  const low = (name, threshold, group) => config("threshold:feedback_score", { name, threshold, operator: "<" }, group);
  const alert = {
    name: "too many failures",
    project_id,
    alert_type: "pagerduty",
    metadata: { routing_key: "R0UT1NG" },
    webhook: { url: "https://events.pagerduty.com/v2/enqueue", secret_token: "secret", headers: { "X-Team": "shop" } },
    triggers: [
      { event_type: "trace:errors", trigger_configs: [config("threshold:errors", { threshold: "100000" })] },
      { event_type: "trace:feedback_score", trigger_configs: [low("helpful", "-1", 0), low("brief", "-1", 0), low("kind", "-1", 1)] },
      { event_type: "experiment:finished" },
    ],
  };
  const made = await story.post("alerts", alert);
  return made.headers.get("location").split("/").at(-1);
}

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
