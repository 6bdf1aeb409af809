import { describe, expect, test } from "vitest";
import { type ChatMessage, recogniseChat, recogniseText } from "@/entities/chat/recogniseChat";
import { type JsonValue, parseJson } from "@/lib/json";

/** `user: hello`, with parts other than text in brackets. */
function script(messages: ChatMessage[] | null): string[] | null {
  return (
    messages?.map(({ role, parts }) => {
      const said = parts.map((part) => {
        if (part.kind === "text") return part.text;
        if (part.kind === "thinking") return `[thinking ${part.text}]`;
        if (part.kind === "toolCall") return `[calls ${part.name} ${JSON.stringify(part.arguments)}]`;
        if (part.kind === "toolResult") return `[result ${JSON.stringify(part.content)}]`;
        return part.kind === "media"
          ? `[${part.media.medium} ${part.media.source}]`
          : `[other ${JSON.stringify(part.value)}]`;
      });
      return `${role}: ${said.join(" ")}`;
    }) ?? null
  );
}
const read = (value: object) => script(recogniseChat(parseJson(JSON.stringify(value))));

describe("conversations", () => {
  test("OpenAI request with pictures", () => {
    const content = [
      { type: "text", text: "what is it?" },
      { type: "image_url", image_url: { url: "data:image/png;base64,AA" } },
    ];
    expect(
      read({
        model: "m",
        messages: [
          { role: "system", content: "be brief" },
          { role: "user", content },
        ],
      }),
    ).toEqual(["system: be brief", "user: what is it? [image data:image/png;base64,AA]"]);
  });

  test("OpenAI answer that calls a tool, and the tool's answer", () => {
    const call = { id: "c1", type: "function", function: { name: "find", arguments: '{"id": 7}' } };
    expect(read({ choices: [{ message: { role: "assistant", content: null, tool_calls: [call] } }] })).toEqual([
      'assistant: [calls find {"id":7}]',
    ]);
    expect(read([{ role: "tool", tool_call_id: "c1", content: "found" }])).toEqual(['tool: [result "found"]']);
  });

  test("arguments that are not JSON are shown as they came", () => {
    const call = { function: { name: "find", arguments: "{broken" } };
    expect(read([{ role: "assistant", tool_calls: [call] }])).toEqual(['assistant: [calls find "{broken"]']);
  });

  test("Anthropic request and answer", () => {
    const asked = {
      system: [{ type: "text", text: "be kind" }],
      messages: [{ role: "user", content: [{ type: "tool_result", tool_use_id: "t", content: "ok" }] }],
    };
    expect(read(asked)).toEqual(["system: be kind", 'user: [result "ok"]']);
    const answer = {
      type: "message",
      role: "assistant",
      content: [
        { type: "thinking", thinking: "hm" },
        { type: "tool_use", id: "t", name: "find", input: { id: 7 } },
      ],
    };
    expect(read(answer)).toEqual(['assistant: [thinking hm] [calls find {"id":7}]']);
  });

  test("OpenAI Responses", () => {
    expect(read({ instructions: "be brief", input: "hello" })).toEqual(["system: be brief", "user: hello"]);
    const output = [
      { type: "function_call", name: "find", arguments: "{}", call_id: "c" },
      { type: "message", role: "assistant", content: [{ type: "output_text", text: "hi" }] },
    ];
    expect(read({ id: "r", output })).toEqual(["assistant: [calls find {}]", "assistant: hi"]);
  });

  test("Gemini", () => {
    expect(
      read({
        contents: [{ role: "user", parts: [{ text: "hello" }] }],
        systemInstruction: { parts: [{ text: "be brief" }] },
      }),
    ).toEqual(["system: be brief", "user: hello"]);
    expect(
      read({ candidates: [{ content: { role: "model", parts: [{ functionCall: { name: "find", args: {} } }] } }] }),
    ).toEqual(["assistant: [calls find {}]"]);
  });

  test("LangChain", () => {
    expect(
      read({
        messages: [
          [
            { type: "human", content: "hello" },
            { type: "ai", content: "hi" },
          ],
        ],
      }),
    ).toEqual(["user: hello", "assistant: hi"]);
  });

  test("a part of an unknown kind is kept", () => {
    expect(read([{ role: "user", content: [{ type: "hologram", data: "AA" }] }])).toEqual([
      'user: [other {"type":"hologram","data":"AA"}]',
    ]);
  });

  test("an answer that was spoken has its words and its sound", () => {
    expect(read([{ role: "assistant", content: null, audio: { id: "a", data: "AA", transcript: "hello" } }])).toEqual([
      "assistant: hello [audio data:audio/wav;base64,AA]",
    ]);
  });
});

describe("what is no conversation", () => {
  test.each<[string, JsonValue]>([
    ["null", null],
    ["an empty list", []],
    ["a list of numbers", [1, 2]],
    ["a person with a role", { role: "admin", name: "Ana" }],
    ["messages that are not messages", { messages: ["a", "b"] }],
    ["one stranger among messages", [{ role: "user", content: "hi" }, { text: "?" }]],
    ["an output that is plain text", { output: "done", input: "go" }],
    ["a typed thing with content", { type: "article", content: "text" }],
  ])("%s", (_name, value) => expect(recogniseChat(value)).toBeNull());
});

test("a payload of one text is that text", () => {
  expect([
    recogniseText("a"),
    recogniseText({ answer: "b" }),
    recogniseText({ a: "b", c: "d" }),
    recogniseText({ n: 1 }),
  ]).toEqual(["a", "b", null, null]);
});
