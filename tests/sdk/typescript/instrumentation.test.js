// A program that uses the AI SDK of Vercel exports its spans here, over OTLP.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { createOpenAICompatible } from "@ai-sdk/openai-compatible";
import { OTLPTraceExporter } from "@opentelemetry/exporter-trace-otlp-proto";
import { BatchSpanProcessor, NodeTracerProvider, SimpleSpanProcessor } from "@opentelemetry/sdk-trace-node";
import { generateText, stepCountIs, streamText, tool } from "ai";
import { z } from "zod";
import { ANSWER, REFUSAL, startModel } from "./scripted-model.js";
import { useServer } from "./story.js";

const story = useServer();
const MODEL = "gpt-4o-mini";
const USAGE = {
  prompt_tokens: 1000,
  completion_tokens: 500,
  total_tokens: 1500,
  cache_read_input_tokens: 200,
  reasoning_tokens: 0,
  "inputTokenDetails.noCacheTokens": 800,
  "outputTokenDetails.textTokens": 500,
  "outputTokenDetails.reasoningTokens": 0,
};
const PROCESSORS = { "one by one": SimpleSpanProcessor, "in batches": BatchSpanProcessor };

let script;
before(async () => {
  script = await startModel();
});
after(() => script?.close());

/** What a program needs to call the model and to report to a project; `sent` waits until the report is here. */
function newProgram(Processor) {
  const projectName = story.newProject();
  const url = `${story.server.apiUrl}/v1/private/otel/v1/traces`;
  const exporter = new OTLPTraceExporter({ url, headers: { projectName } });
  const provider = new NodeTracerProvider({ spanProcessors: [new Processor(exporter)] });
  provider.register();
  const models = createOpenAICompatible({ name: "openai", baseURL: script.baseUrl, apiKey: "none", includeUsage: true });
  const metadata = { userId: "u-1", sessionId: "talk-1", tags: ["shop"] };
  const tracer = provider.getTracer("ai");
  return {
    options: {
      model: models(MODEL),
      maxRetries: 0,
      experimental_telemetry: { isEnabled: true, functionId: "guide", metadata, tracer },
    },
    async sent() {
      await provider.shutdown();
      return recorded(projectName);
    },
  };
}

/** A time with as many digits as any. */
function toNanos(time) {
  const [seconds, fraction = ""] = time.replace("Z", "").split(".");
  return `${seconds}.${fraction.padEnd(9, "0")}`;
}

async function recorded(projectName) {
  const { body } = await story.get(`traces?project_name=${projectName}`);
  assert.equal(body.total, 1);
  const [trace] = body.content;
  const spans = (await story.get(`spans?project_name=${projectName}&size=100`)).body.content;
  // Two steps may begin in the same moment: then the one that ended first came first.
  const began = ({ start_time, end_time }) => [start_time, end_time].map(toNanos).join();
  spans.sort((a, b) => began(a).localeCompare(began(b)));
  const tree = (parent) =>
    spans
      .filter((span) => span.parent_span_id === parent)
      .map(({ id, name, type, model, provider, usage }) => ({ name, type, model, provider, usage, spans: tree(id) }));
  return { trace, spans: Object.fromEntries(spans.toReversed().map((span) => [span.name, span])), tree: tree(undefined) };
}

const call = (name) => ({
  name,
  type: "llm",
  model: `${MODEL}-2024-07-18`,
  provider: "openai",
  usage: USAGE,
  spans: [],
});

for (const [how, Processor] of Object.entries(PROCESSORS)) {
  test(`a run with a tool, sent ${how}, becomes a tree whose tokens are counted once`, async () => {
    const program = newProgram(Processor);
    const weather = tool({
      inputSchema: z.object({ city: z.string() }),
      execute: async ({ city }) => ({ sky: `sunny in ${city}` }),
    });
    const said = await generateText({
      ...program.options,
      prompt: "what is the weather?",
      tools: { weather },
      stopWhen: stepCountIs(3),
    });
    assert.equal(said.text, ANSWER);

    const { trace, spans, tree } = await program.sent();
    const step = call("ai.generateText.doGenerate");
    const used = { name: "ai.toolCall", type: "tool", model: undefined, provider: undefined, usage: undefined, spans: [] };
    const outer = { name: "ai.generateText", type: "general", model: MODEL, provider: "openai", usage: undefined };
    assert.deepEqual(tree, [{ ...outer, spans: [step, used, step] }]);
    assert.deepEqual([trace.name, trace.thread_id, trace.tags], ["ai.generateText", "talk-1", ["shop"]]);
    assert.deepEqual(trace.usage, Object.fromEntries(Object.entries(USAGE).map(([name, count]) => [name, 2 * count])));
    assert.deepEqual(trace.input, { "ai.prompt": { prompt: "what is the weather?" } });
    assert.equal(trace.output["ai.response.text"], ANSWER);
    assert.equal(trace.metadata["ai.telemetry.metadata.userId"], "u-1");
    assert.deepEqual(spans["ai.toolCall"].input, { "ai.toolCall.args": { city: "Bern" } });
    assert.deepEqual(spans["ai.toolCall"].output, { "ai.toolCall.result": { sky: "sunny in Bern" } });
  });
}

test("a stream is put together", async () => {
  const program = newProgram(BatchSpanProcessor);
  let text = "";
  for await (const part of streamText({ ...program.options, prompt: "what is the weather?" }).textStream) text += part;
  assert.equal(text, ANSWER);
  const { trace, spans, tree } = await program.sent();
  assert.deepEqual(tree[0].spans, [call("ai.streamText.doStream")]);
  assert.equal(spans["ai.streamText.doStream"].output["ai.response.text"], ANSWER);
  assert.deepEqual([trace.name, trace.usage], ["ai.streamText", USAGE]);
});

test("a refusal is kept as the error", async () => {
  const program = newProgram(BatchSpanProcessor);
  await assert.rejects(generateText({ ...program.options, prompt: "fail" }), { message: REFUSAL });
  const { trace, spans } = await program.sent();
  for (const entity of [trace, spans["ai.generateText.doGenerate"]]) {
    assert.equal(entity.error_info.exception_type, "AI_APICallError");
    assert.equal(entity.error_info.message, REFUSAL);
  }
});
