// Two runs of an agent: the second was asked something else, checked no budget, and booked a hotel without success.
import { randomBytes } from "node:crypto";

const idAt = (ms) => {
  const time = ms.toString(16).padStart(12, "0");
  const rest = randomBytes(10).toString("hex");
  return `${time.slice(0, 8)}-${time.slice(8)}-7${rest.slice(1, 4)}-8${rest.slice(5, 8)}-${rest.slice(8)}`;
};

const BROKEN = { exception_type: "PaymentError", message: "card declined", traceback: "PaymentError: card declined" };

/** Sends both, and says where they are. */
export async function makeTwoRuns(story, project) {
  const now = Date.now();
  const before = await send(story, project, {
    startMs: now - 60_000,
    seconds: 4,
    question: "Plan a trip to Oslo\nfor two people",
    helpfulness: 0.5,
    spans: [
      { name: "search flights", type: "tool", from: 0, to: 1, input: { from: "HAM" }, output: { found: 3 } },
      {
        ...{ name: "ask the model", type: "llm", from: 1, to: 3, model: "gpt-4o", provider: "openai" },
        ...{ cost: 0.02, tokens: 200, output: { answer: "The 9:15 flight to Oslo." } },
        input: { messages: [{ role: "user", content: "Which flight to Oslo?\nBe brief." }] },
      },
      { name: "check the budget", type: "guardrail", from: 3, to: 4, input: { cost: 240 }, output: { fits: true } },
    ],
  });
  const after = await send(story, project, {
    startMs: now - 30_000,
    seconds: 6,
    question: "Plan a trip to Bergen\nfor two people",
    helpfulness: 0.9,
    spans: [
      { name: "search flights", type: "tool", from: 0, to: 1.5, input: { from: "HAM" }, output: { found: 3 } },
      {
        ...{ name: "ask the model", type: "llm", from: 1.5, to: 3, model: "gpt-4o-mini", provider: "openai" },
        ...{ cost: 0.01, tokens: 300, output: { answer: "The 11:40 flight to Bergen." } },
        input: { messages: [{ role: "user", content: "Which flight to Bergen?\nBe brief." }] },
      },
      {
        ...{ name: "book a hotel", type: "general", from: 3, to: 6, input: { nights: 2 }, output: null },
        within: [{ name: "pay", type: "tool", from: 4, to: 6, input: { card: "1234" }, output: null, error: BROKEN }],
      },
    ],
  });
  const { content } = await story.get(`projects?name=${project}`);
  return { before, after, projectPath: `/default/projects/${content[0].id}` };
}

async function send(story, project, { startMs, seconds, name = "plan the trip", question, helpfulness, metadata, spans }) {
  const id = idAt(startMs);
  const at = (offset) => new Date(startMs + offset * 1000).toISOString();
  await story.post("traces", {
    ...{ id, project_name: project, name, start_time: at(0), end_time: at(seconds) },
    ...{ input: { question }, output: { done: true }, metadata },
  });
  const sent = [];
  const add = (span, parent) => {
    const spanId = idAt(startMs + span.from * 1000);
    sent.push({
      ...{ id: spanId, trace_id: id, parent_span_id: parent, project_name: project, name: span.name, type: span.type },
      ...{ start_time: at(span.from), end_time: at(span.to), input: span.input, output: span.output },
      ...{ model: span.model, provider: span.provider, error_info: span.error, total_estimated_cost: span.cost },
      usage: span.tokens && { total_tokens: span.tokens },
    });
    for (const child of span.within ?? []) add(child, spanId);
  };
  for (const span of spans) add(span, undefined);
  await story.post("spans/batch", { spans: sent });
  await story.put(`traces/${id}/feedback-scores`, { name: "helpfulness", value: helpfulness, source: "sdk" });
  return id;
}

/** How a client lays down the graph of an agent that calls tools until it knows the answer. */
export const AGENT_GRAPH = `---
config:
  flowchart:
    curve: linear
---
graph TD;
	__start__([<p>__start__</p>]):::first
	agent(agent)
	tools(tools)
	__end__([<p>__end__</p>]):::last
	__start__ --> agent;
	agent -. &nbsp;continue&nbsp; .-> tools;
	agent -.-> __end__;
	tools --> agent;
	classDef default fill:#f2f0ff,line-height:1.2
	classDef first fill-opacity:0
	classDef last fill:#bfb6fc
`;

/** A run that asks a model and calls tools in turn. */
export async function makeLoop(story, project, metadata) {
  const turn = (from, name, type, within) => ({ name, type, from, to: from + 1, input: { turn: from }, output: null, within });
  const ask = (from) => [{ name: "call the model", type: "llm", from, to: from + 0.5, input: null, output: null, model: "gpt-4o", provider: "openai", tokens: 40 }];
  return send(story, project, {
    ...{ startMs: Date.now() - 20_000, seconds: 5, name: "graph agent", question: "Which tool?", helpfulness: 1, metadata },
    spans: [0, 1, 2, 3, 4].map((at) => (at % 2 === 0 ? turn(at, "agent", "general", ask(at)) : turn(at, "tools", "tool"))),
  });
}

/** Scores of two people, of a span, checks of guardrails and an assertion, all of one run. */
export async function judge(story, project, traceId) {
  const { content } = await story.get(`spans?project_name=${project}&trace_id=${traceId}`);
  const spanId = content.find(({ name }) => name === "ask the model").id;
  const said = { name: "helpfulness", value: 0.5, reason: "The hotel is missing.", source: "ui", author: "ada" };
  await story.put("traces/feedback-scores", { scores: [{ ...said, id: traceId, project_name: project }] });
  await story.put(`spans/${spanId}/feedback-scores`, { name: "precision", value: 0.8, source: "sdk" });
  const check = { entity_id: traceId, secondary_id: spanId, project_name: project };
  await story.post("guardrails", {
    guardrails: [
      { ...check, name: "TOPIC", result: "passed", config: { topics: ["travel"] }, details: { topic: "travel" } },
      { ...check, name: "PII", result: "failed", config: { entities: ["CREDIT_CARD"] }, details: { found: ["CREDIT_CARD"] } },
    ],
  });
  const result = { entity_id: traceId, project_name: project, name: "names a price", status: "failed", reason: "No price is named.", source: "sdk" };
  await story.put("assertion-results", { entity_type: "TRACE", assertion_results: [result] });
}
