// A TypeScript developer wraps functions with `track` and finds every call in the project.
import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { useServer } from "./story.js";

const story = useServer();
const { flushAll, getTrackContext, track } = await import("opik");

// `track` writes through a client of its own, made from the environment; the outermost call names the project.
let projectName;
let client;
beforeEach(() => {
  projectName = story.newProject();
  client = story.newClient(projectName);
});

async function seen() {
  await flushAll();
  const traces = await client.searchTraces({});
  const spans = await client.searchSpans({});
  return { traces, spans: Object.fromEntries(spans.map((span) => [span.name, span])) };
}

test("nested calls become a tree", async () => {
  const fetchIt = track({ name: "fetch", type: "tool" }, async (key) => ({ found: key }));
  const answer = track({ name: "answer", type: "llm" }, async (question) => `${(await fetchIt(question)).found}!`);
  const agent = track({ name: "agent", type: "llm", projectName }, async (question) => ({ text: await answer(question) }));

  assert.deepEqual(await agent("why"), { text: "why!" });
  const { traces, spans } = await seen();
  assert.equal(traces.length, 1);
  const [trace] = traces;
  assert.deepEqual([trace.name, trace.output], ["agent", { text: "why!" }]);
  assert.deepEqual(trace.input, { arguments: ["why"] });
  assert.deepEqual(Object.keys(spans).sort(), ["agent", "answer", "fetch"]);
  assert.equal(spans.agent.parentSpanId, undefined);
  assert.equal(spans.answer.parentSpanId, spans.agent.id);
  assert.equal(spans.fetch.parentSpanId, spans.answer.id);
  assert.deepEqual([spans.answer.type, spans.fetch.type], ["llm", "tool"]);
  assert.deepEqual(spans.answer.output, { result: "why!" });
  assert.deepEqual([trace.spanCount, trace.llmSpanCount, trace.hasToolSpans], [3, 2, true]);
});

test("calls that run together keep their own parents", async () => {
  const step = track({ name: "step" }, async (number) => {
    await new Promise((done) => setImmediate(done));
    return number * 2;
  });
  const fanOut = track({ name: "fan out", projectName }, async (width) => ({
    doubled: await Promise.all(Array.from({ length: width }, (_, number) => step(number))),
  }));
  assert.deepEqual(await fanOut(5), { doubled: [0, 2, 4, 6, 8] });
  await flushAll();
  const spans = await client.searchSpans({});
  const [root] = spans.filter((span) => span.name === "fan out");
  const steps = spans.filter((span) => span.name === "step");
  assert.deepEqual(steps.map((span) => span.parentSpanId), Array(5).fill(root.id));
  assert.deepEqual(root.output, { doubled: [0, 2, 4, 6, 8] });
});

test("a failure is recorded where it happened and above", async () => {
  const breaks = track({ name: "breaks" }, async () => {
    throw new TypeError("by nothing");
  });
  const calls = track({ name: "calls", projectName }, async () => breaks());
  await assert.rejects(calls(), TypeError);
  const { traces, spans } = await seen();
  for (const entity of [traces[0], spans.calls, spans.breaks]) {
    assert.equal(entity.errorInfo.message, "by nothing");
    assert.ok(entity.errorInfo.traceback.includes("by nothing"));
    assert.ok(entity.endTime instanceof Date);
  }
});

test("a function can tell more about itself", async () => {
  const speak = track({ name: "speak", type: "llm", projectName }, async () => {
    const { trace, span } = getTrackContext();
    trace.update({ threadId: "talk-7", tags: ["t"] });
    span.update({ model: "gpt-4o-mini", provider: "openai", usage: { prompt_tokens: 5, completion_tokens: 2, total_tokens: 7 } });
    return "done";
  });
  await speak();
  const { traces, spans } = await seen();
  assert.deepEqual([traces[0].threadId, traces[0].tags, traces[0].usage.total_tokens], ["talk-7", ["t"], 7]);
  assert.deepEqual([spans.speak.model, spans.speak.provider], ["gpt-4o-mini", "openai"]);
});
