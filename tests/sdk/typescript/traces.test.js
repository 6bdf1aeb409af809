// A TypeScript program logs traces and spans by hand and reads back exactly what it logged.
import assert from "node:assert/strict";
import { test } from "node:test";
import { USAGE, useServer } from "./story.js";

const story = useServer();
const START = new Date("2026-03-04T05:06:07.123Z");
const END = new Date("2026-03-04T05:06:08.623Z");
const ERROR = { exceptionType: "ValueError", message: "no", traceback: "at line 1\nat line 2" };

test("everything that was logged about a trace is read back exactly", async () => {
  const client = story.newClient();
  const input = { question: "żółć 日本語 🦊", nested: [{ a: [null, true, 0.1] }] };
  const trace = client.trace({
    name: "checkout",
    startTime: START,
    endTime: END,
    input,
    output: { answer: "because" },
    metadata: { user: { id: 42 } },
    tags: ["one", "two"],
    threadId: "thread / 1",
    environment: "staging",
    errorInfo: ERROR,
  });
  await client.flush();
  const seen = await client.traceBatchQueue.get(trace.data.id);
  assert.equal(seen.id, trace.data.id);
  assert.equal(seen.name, "checkout");
  assert.deepEqual(seen.startTime, START);
  assert.deepEqual(seen.endTime, END);
  assert.equal(seen.duration, 1500);
  assert.deepEqual(seen.input, input);
  assert.deepEqual(seen.output, { answer: "because" });
  assert.deepEqual(seen.metadata, { user: { id: 42 } });
  assert.deepEqual([...seen.tags].sort(), ["one", "two"]);
  assert.equal(seen.threadId, "thread / 1");
  assert.equal(seen.environment, "staging");
  assert.equal(seen.source, "sdk");
  assert.deepEqual(seen.errorInfo, ERROR);
  assert.ok(seen.createdAt instanceof Date && !Number.isNaN(seen.createdAt.getTime()));
  assert.ok(seen.lastUpdatedAt instanceof Date && seen.lastUpdatedAt >= seen.createdAt);
});

test("what was not said about a trace is undefined", async () => {
  const client = story.newClient();
  const trace = client.trace({ name: "bare" });
  await client.flush();
  const seen = await client.traceBatchQueue.get(trace.data.id);
  for (const field of ["endTime", "input", "output", "metadata", "tags", "threadId", "errorInfo", "feedbackScores", "comments"]) {
    assert.equal(seen[field], undefined, field);
  }
  assert.deepEqual([seen.spanCount, seen.llmSpanCount, seen.hasToolSpans], [0, 0, false]);
});

test("everything that was logged about nested spans is read back exactly", async () => {
  const projectName = story.newProject();
  const client = story.newClient(projectName);
  const trace = client.trace({ name: "agent", environment: "staging" });
  const outer = trace.span({ name: "plan", type: "general", startTime: START, input: { step: 1 } });
  const inner = outer.span({
    name: "call",
    type: "llm",
    startTime: START,
    endTime: END,
    model: "gpt-4o-mini",
    provider: "openai",
    usage: USAGE,
    input: { messages: ["hi"] },
    output: { text: "hello" },
    metadata: { temperature: 0.5 },
    tags: ["a"],
    totalEstimatedCost: 0.125,
    errorInfo: ERROR,
  });
  await client.flush();
  const seen = await client.spanBatchQueue.get(inner.data.id);
  assert.deepEqual([seen.id, seen.traceId, seen.parentSpanId], [inner.data.id, trace.data.id, outer.data.id]);
  assert.deepEqual([seen.name, seen.type, seen.model, seen.provider], ["call", "llm", "gpt-4o-mini", "openai"]);
  assert.deepEqual([seen.startTime, seen.endTime, seen.duration], [START, END, 1500]);
  assert.deepEqual(seen.usage, USAGE);
  assert.deepEqual([seen.input, seen.output], [{ messages: ["hi"] }, { text: "hello" }]);
  assert.deepEqual([seen.metadata, seen.tags, seen.totalEstimatedCost], [{ temperature: 0.5 }, ["a"], 0.125]);
  assert.deepEqual(seen.errorInfo, ERROR);
  assert.deepEqual([seen.projectName, seen.environment], [projectName, "staging"]);
  const parent = await client.spanBatchQueue.get(outer.data.id);
  assert.equal(parent.parentSpanId, undefined);
  assert.deepEqual((await client.traceBatchQueue.get(trace.data.id)).usage, USAGE);
});

test("updates and ends within one flush reach the server together", async () => {
  const client = story.newClient();
  const trace = client.trace({ name: "job", input: { n: 1 } });
  const span = trace.span({ name: "step" });
  span.update({ output: { n: 2 }, metadata: { m: 1 } }).end();
  trace.update({ output: { n: 3 }, tags: ["done"] }).end();
  await client.flush();
  const [seenTrace, seenSpan] = await Promise.all([
    client.traceBatchQueue.get(trace.data.id),
    client.spanBatchQueue.get(span.data.id),
  ]);
  assert.deepEqual([seenTrace.name, seenTrace.input, seenTrace.output, seenTrace.tags], ["job", { n: 1 }, { n: 3 }, ["done"]]);
  assert.deepEqual([seenSpan.name, seenSpan.output, seenSpan.metadata], ["step", { n: 2 }, { m: 1 }]);
  assert.deepEqual(seenTrace.endTime, trace.data.endTime);
  assert.deepEqual(seenSpan.endTime, span.data.endTime);
});

test("updates after a flush change only what they name", async () => {
  const client = story.newClient();
  const trace = client.trace({ name: "job", input: { n: 1 }, tags: ["old"], startTime: START });
  const span = trace.span({ name: "step", type: "tool", input: { n: 1 }, startTime: START });
  await client.flush();
  trace.update({ tags: ["new"], endTime: END });
  span.update({ output: { n: 2 } }).end();
  await client.flush();
  const seenTrace = await client.traceBatchQueue.get(trace.data.id);
  assert.deepEqual([seenTrace.name, seenTrace.input, seenTrace.tags], ["job", { n: 1 }, ["new"]]);
  assert.deepEqual([seenTrace.startTime, seenTrace.endTime, seenTrace.duration], [START, END, 1500]);
  const seenSpan = await client.spanBatchQueue.get(span.data.id);
  assert.deepEqual([seenSpan.name, seenSpan.type, seenSpan.input, seenSpan.output], ["step", "tool", { n: 1 }, { n: 2 }]);
});

test("scores of traces and spans are read back", async () => {
  const client = story.newClient();
  const trace = client.trace({ name: "judged" });
  const span = trace.span({ name: "part" });
  trace.score({ name: "quality", value: 0.25, reason: "meh", categoryName: "c" });
  trace.score({ name: "speed", value: 1 });
  span.score({ name: "quality", value: 0.75 });
  await client.flush();
  const seen = await client.traceBatchQueue.get(trace.data.id);
  const scores = Object.fromEntries(seen.feedbackScores.map((score) => [score.name, score]));
  assert.deepEqual(Object.keys(scores).sort(), ["quality", "speed"]);
  assert.deepEqual([scores.quality.value, scores.quality.reason, scores.quality.categoryName], [0.25, "meh", "c"]);
  assert.deepEqual([scores.quality.source, scores.speed.value, scores.speed.reason], ["sdk", 1, undefined]);
  const part = await client.spanBatchQueue.get(span.data.id);
  assert.deepEqual(part.feedbackScores.map(({ name, value }) => [name, value]), [["quality", 0.75]]);
});

test("a deleted score is gone", async () => {
  const client = story.newClient();
  const trace = client.trace({ name: "judged" });
  trace.score({ name: "quality", value: 1 });
  await client.flush();
  client.traceFeedbackScoresBatchQueue.delete({ id: trace.data.id, name: "quality" });
  await client.flush();
  assert.equal((await client.traceBatchQueue.get(trace.data.id)).feedbackScores, undefined);
});

test("a deleted span is gone and its trace stays", async () => {
  const client = story.newClient();
  const trace = client.trace({ name: "t" });
  const [gone, kept] = [trace.span({ name: "gone" }), trace.span({ name: "kept" })];
  await client.flush();
  client.spanBatchQueue.delete(gone.data.id);
  await client.flush();
  await assert.rejects(client.spanBatchQueue.get(gone.data.id), (error) => error.statusCode === 404);
  assert.equal((await client.spanBatchQueue.get(kept.data.id)).name, "kept");
  assert.equal((await client.traceBatchQueue.get(trace.data.id)).spanCount, 1);
});

test("a deleted trace takes its spans along", async () => {
  const client = story.newClient();
  const trace = client.trace({ name: "t" });
  const span = trace.span({ name: "s" });
  await client.flush();
  client.traceBatchQueue.delete(trace.data.id);
  await client.flush();
  await assert.rejects(client.traceBatchQueue.get(trace.data.id), (error) => error.statusCode === 404);
  await assert.rejects(client.spanBatchQueue.get(span.data.id), (error) => error.statusCode === 404);
});

test("a thousand and more traces from one program all arrive", async () => {
  const client = story.newClient();
  const names = Array.from({ length: 1500 }, (_, number) => `trace ${number}`);
  for (const name of names) client.trace({ name });
  await client.flush();
  const found = await client.searchTraces({ maxResults: 2000 });
  assert.deepEqual(found.map((trace) => trace.name).sort(), names.sort());
});

test("an unknown workspace is refused", async () => {
  const client = story.newClient(undefined, { workspaceName: "nobody-made-this" });
  await assert.rejects(client.api.traces.getTraceById("0190babc-62a0-71d2-832a-0feffa4676ff"), (error) => error.statusCode === 404);
  await assert.rejects(client.api.projects.findProjects({ page: 1, size: 1 }), (error) => error.statusCode === 404);
});
