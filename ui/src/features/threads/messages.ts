import { type ChatMessage, recogniseChat, recogniseText } from "@/entities/chat/recogniseChat";
import { type JsonValue, parseJson } from "@/lib/json";

// What a turn adds to a conversation. Programs often send all that was said before along with it; that stands above.

/** Of an input, what came after the last answer. */
export function askedIn(input: string): ChatMessage[] {
  const messages = messagesOf(input, "user");
  const fresh = after(messages, "assistant").filter(({ role }) => role !== "system");
  return fresh.length > 0 ? fresh : messages.slice(-1);
}

/** Of an output, what came after the last question. */
export function answeredIn(output: string): ChatMessage[] {
  const messages = messagesOf(output, "assistant");
  const fresh = after(messages, "user");
  return fresh.length > 0 ? fresh : messages.slice(-1);
}

function after(messages: ChatMessage[], role: string): ChatMessage[] {
  return messages.slice(messages.findLastIndex((message) => message.role === role) + 1);
}

/** A recorded value as messages; what is none is one message of whoever spoke. */
function messagesOf(text: string, role: string): ChatMessage[] {
  const value = tryParse(text);
  const chat = recogniseChat(value);
  if (chat) return chat;
  const words = recogniseText(value);
  const part = words === null ? { kind: "other" as const, value } : { kind: "text" as const, text: words };
  return [{ role, name: null, parts: [part] }];
}

/** What is no JSON is a text. */
function tryParse(text: string): JsonValue {
  try {
    return parseJson(text);
  } catch {
    return text;
  }
}
