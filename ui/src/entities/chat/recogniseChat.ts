import { readMedia } from "@/entities/chat/readMedia";
import { ExactNumber, isObject, type JsonObject, type JsonValue, parseJson } from "@/lib/json";

// Which payloads are a conversation, and what was said in it. Anything that is not surely one is none of ours:
// better the plain tree than half a conversation.

export type ChatPart =
  | { kind: "text"; text: string }
  | { kind: "thinking"; text: string }
  | { kind: "media"; media: ChatMedia }
  | { kind: "toolCall"; id: string | null; name: string; arguments: JsonValue }
  | { kind: "toolResult"; id: string | null; content: JsonValue }
  | { kind: "other"; value: JsonValue };

/** A picture, a sound, a film or a paper: within the text, at an address, or by the name of an attachment. */
export type ChatMedia = { medium: "image" | "audio" | "video" | "file"; source: string; name: string | null };

export type ChatMessage = { role: string; name: string | null; parts: ChatPart[] };

const ROLE_NAMES: Record<string, string> = { human: "user", ai: "assistant", model: "assistant", function: "tool" };
const MESSAGE_KEYS = ["content", "parts", "tool_calls", "function_call", "refusal"];

export function recogniseChat(value: JsonValue): ChatMessage[] | null {
  if (Array.isArray(value)) return readMessages(value);
  if (!isObject(value)) return null;
  return (
    readConversation(value) ?? readChoices(value) ?? readCandidates(value) ?? readResponses(value) ?? readSingle(value)
  );
}

/** OpenAI and Anthropic requests (`messages`, `system`), Gemini requests (`contents`), Responses requests (`input`). */
function readConversation(value: JsonObject): ChatMessage[] | null {
  const list =
    [value.messages, value.contents].find(Array.isArray) ??
    (value.instructions === undefined ? undefined : value.input);
  if (list === undefined) return null;
  const single = typeof list === "string" ? [{ role: "user", content: list }] : list;
  // LangChain wraps one conversation in a list of conversations.
  const flat = Array.isArray(single) && single.length === 1 && Array.isArray(single[0]) ? single[0] : single;
  const messages = Array.isArray(flat) ? readMessages(flat) : null;
  if (!messages) return null;
  const system = value.system ?? value.systemInstruction ?? value.system_instruction ?? value.instructions;
  const said = isObject(system) ? system.parts : system;
  return said === undefined || said === null
    ? messages
    : [{ role: "system", name: null, parts: readContent(said) }, ...messages];
}

function readChoices(value: JsonObject): ChatMessage[] | null {
  if (!Array.isArray(value.choices) || value.choices.length === 0) return null;
  return readMessages(
    value.choices.map((choice) => (isObject(choice) ? (choice.message ?? choice.delta ?? null) : null)),
  );
}

function readCandidates(value: JsonObject): ChatMessage[] | null {
  if (!Array.isArray(value.candidates) || value.candidates.length === 0) return null;
  return readMessages(value.candidates.map((candidate) => (isObject(candidate) ? (candidate.content ?? null) : null)));
}

/** The answer of OpenAI's Responses API: a list of typed items. */
function readResponses(value: JsonObject): ChatMessage[] | null {
  if (!Array.isArray(value.output) || value.output.length === 0) return null;
  const isTyped = value.output.every((item) => isObject(item) && typeof item.type === "string");
  return isTyped ? readMessages(value.output) : null;
}

function readSingle(value: JsonObject): ChatMessage[] | null {
  const message = readMessage(isObject(value.message) ? value.message : value);
  return message ? [message] : null;
}

function readMessages(values: readonly JsonValue[]): ChatMessage[] | null {
  const messages: ChatMessage[] = [];
  for (const value of values) {
    const message = readMessage(value);
    if (!message) return null;
    messages.push(message);
  }
  return messages.length > 0 ? messages : null;
}

function readMessage(value: JsonValue): ChatMessage | null {
  if (!isObject(value)) return null;
  const item = readItem(value);
  if (item) return item;
  const said = typeof value.role === "string" ? value.role : value.type;
  const isMessage = MESSAGE_KEYS.some((key) => key in value);
  if (
    typeof said !== "string" ||
    !isMessage ||
    (value.role === undefined && !(said in ROLE_NAMES || said === "system" || said === "tool"))
  ) {
    return null;
  }
  const role = ROLE_NAMES[said] ?? said;
  const name = typeof value.name === "string" ? value.name : null;
  const content = readContent(value.content ?? value.parts ?? null);
  if (role === "tool") {
    return {
      role,
      name,
      parts: [{ kind: "toolResult", id: text(value.tool_call_id), content: value.content ?? null }],
    };
  }
  const thinking = text(value.reasoning_content) ?? text(value.reasoning);
  return {
    role,
    name,
    parts: [
      ...(thinking ? [{ kind: "thinking" as const, text: thinking }] : []),
      ...content,
      ...readSpoken(value.audio),
      ...(typeof value.refusal === "string" ? [{ kind: "text" as const, text: value.refusal }] : []),
      ...readToolCalls(value),
    ],
  };
}

/** An answer that was spoken, with its words. */
function readSpoken(audio: JsonValue | undefined): ChatPart[] {
  if (!isObject(audio)) return [];
  const media = readMedia({ type: "input_audio", input_audio: audio });
  const words = text(audio.transcript);
  return [
    ...(words ? [{ kind: "text" as const, text: words }] : []),
    ...(media ? [{ kind: "media" as const, media }] : []),
  ];
}

/** Items of the Responses API that stand between messages. */
function readItem(value: JsonObject): ChatMessage | null {
  if (value.type === "function_call" && typeof value.name === "string") {
    const part = {
      kind: "toolCall" as const,
      id: text(value.call_id),
      name: value.name,
      arguments: unpack(value.arguments),
    };
    return { role: "assistant", name: null, parts: [part] };
  }
  if (value.type === "function_call_output") {
    return {
      role: "tool",
      name: null,
      parts: [{ kind: "toolResult", id: text(value.call_id), content: value.output ?? null }],
    };
  }
  if (value.type === "reasoning" && Array.isArray(value.summary)) {
    const said = value.summary.map((part) => (isObject(part) ? (text(part.text) ?? "") : "")).join("\n\n");
    return { role: "assistant", name: null, parts: said ? [{ kind: "thinking", text: said }] : [] };
  }
  return null;
}

function readToolCalls(value: JsonObject): ChatPart[] {
  const calls = Array.isArray(value.tool_calls) ? value.tool_calls : value.function_call ? [value.function_call] : [];
  return calls.map((call): ChatPart => {
    if (!isObject(call)) return { kind: "other", value: call };
    const body = isObject(call.function) ? call.function : call;
    const name = text(body.name);
    return name
      ? { kind: "toolCall", id: text(call.id), name, arguments: unpack(body.arguments ?? body.args) }
      : { kind: "other", value: call };
  });
}

function readContent(content: JsonValue): ChatPart[] {
  if (content === null) return [];
  if (typeof content === "string") return content === "" ? [] : [{ kind: "text", text: content }];
  return Array.isArray(content) ? content.map(readPart) : [{ kind: "other", value: content }];
}

function readPart(part: JsonValue): ChatPart {
  if (typeof part === "string") return { kind: "text", text: part };
  if (!isObject(part)) return { kind: "other", value: part };
  if (typeof part.thinking === "string") return { kind: "thinking", text: part.thinking };
  if (part.type === "tool_use") {
    return { kind: "toolCall", id: text(part.id), name: text(part.name) ?? "tool", arguments: part.input ?? null };
  }
  if (part.type === "tool_result")
    return { kind: "toolResult", id: text(part.tool_use_id), content: part.content ?? null };
  if (isObject(part.functionCall)) {
    return {
      kind: "toolCall",
      id: null,
      name: text(part.functionCall.name) ?? "tool",
      arguments: part.functionCall.args ?? null,
    };
  }
  if (isObject(part.functionResponse))
    return { kind: "toolResult", id: null, content: part.functionResponse.response ?? null };
  const media = readMedia(part);
  if (media) return { kind: "media", media };
  return typeof part.text === "string" ? { kind: "text", text: part.text } : { kind: "other", value: part };
}

function unpack(value: JsonValue | undefined): JsonValue {
  return typeof value === "string" ? unpackJson(value) : (value ?? null);
}

/** Arguments and results of tools come as JSON within JSON; a text that is neither list nor object stays what it is. */
export function unpackJson(value: string): JsonValue {
  if (!/^\s*[[{]/.test(value)) return value;
  try {
    return parseJson(value);
  } catch {
    return value;
  }
}

function text(value: JsonValue | undefined): string | null {
  return typeof value === "string" ? value : value instanceof ExactNumber ? value.text : null;
}

/** A payload that is only text, or an object of one text such as `{ "question": "…" }`. */
export function recogniseText(value: JsonValue): string | null {
  if (typeof value === "string") return value;
  if (!isObject(value)) return null;
  const entries = Object.values(value);
  const [only] = entries;
  return entries.length === 1 && typeof only === "string" ? only : null;
}
