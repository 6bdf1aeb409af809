// A model that answers by a script, over the HTTP API that OpenAI's clients speak: no vendor, no network, no chance.
import { createServer } from "node:http";

export const ANSWER = "It is sunny in Bern.";
export const REFUSAL = "the script refuses this prompt";
const USAGE = {
  prompt_tokens: 1000,
  completion_tokens: 500,
  total_tokens: 1500,
  prompt_tokens_details: { cached_tokens: 200 },
};

/** A prompt with `fail` in it is refused; with tools on offer the first one is called, once. */
export async function startModel() {
  const server = createServer((request, response) => answer(request, response).catch((fault) => response.destroy(fault)));
  await new Promise((done) => server.listen(0, "127.0.0.1", done));
  return {
    baseUrl: `http://127.0.0.1:${server.address().port}/v1`,
    close() {
      server.closeAllConnections();
      return new Promise((done) => server.close(done));
    },
  };
}

async function answer(request, response) {
  let text = "";
  for await (const part of request) text += part;
  const asked = JSON.parse(text);
  const last = asked.messages.at(-1);
  if (JSON.stringify(last.content).includes("fail")) {
    const error = { message: REFUSAL, type: "invalid_request_error", param: null, code: null };
    response.writeHead(400, { "content-type": "application/json" }).end(JSON.stringify({ error }));
  } else if (asked.stream) {
    response.writeHead(200, { "content-type": "text/event-stream" });
    for (const chunk of chunksOf(asked)) response.write(`data: ${JSON.stringify(chunk)}\n\n`);
    response.end("data: [DONE]\n\n");
  } else {
    const { message, reason } = messageFor(asked);
    const choices = [{ index: 0, message, finish_reason: reason }];
    const body = { ...head(asked, "chat.completion"), choices, usage: USAGE };
    response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(body));
  }
}

function head(asked, object) {
  return { id: "chatcmpl-1", object, created: 1_772_600_767, model: `${asked.model}-2024-07-18` };
}

function messageFor(asked) {
  if (asked.tools?.length && asked.messages.at(-1).role !== "tool") {
    const call = { name: asked.tools[0].function.name, arguments: '{"city":"Bern"}' };
    const tool_calls = [{ id: "call_1", type: "function", function: call }];
    return { message: { role: "assistant", content: null, tool_calls }, reason: "tool_calls" };
  }
  return { message: { role: "assistant", content: ANSWER }, reason: "stop" };
}

function* chunksOf(asked) {
  const chunk = (delta, finish_reason = null) => ({
    ...head(asked, "chat.completion.chunk"),
    choices: [{ index: 0, delta, finish_reason }],
  });
  const { message, reason } = messageFor(asked);
  yield chunk({ role: "assistant", content: "" });
  for (const word of message.content?.split(/(?= )/) ?? []) yield chunk({ content: word });
  if (message.tool_calls) yield chunk({ tool_calls: message.tool_calls.map((call, index) => ({ index, ...call })) });
  yield chunk({}, reason);
  yield { ...head(asked, "chat.completion.chunk"), choices: [], usage: USAGE };
}
