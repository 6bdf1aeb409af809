import { type ChatMessage, recogniseChat, recogniseText } from "@/entities/chat/recogniseChat";
import { type Lists, recogniseLists } from "@/entities/payload/recogniseLists";
import { type JsonValue, parseJson } from "@/lib/json";

/** A recorded value as what it is; what is no JSON is known by its text alone. */
export type ReadPayload =
  | { kind: "chat"; value: JsonValue; messages: ChatMessage[] }
  | { kind: "text"; value: JsonValue; words: string }
  | { kind: "lists"; value: JsonValue; lists: Lists }
  | { kind: "tree"; value: JsonValue }
  | { kind: "broken" };

export function readPayload(text: string): ReadPayload {
  let value: JsonValue;
  try {
    value = parseJson(text);
  } catch {
    return { kind: "broken" };
  }
  const messages = recogniseChat(value);
  if (messages) return { kind: "chat", value, messages };
  const words = recogniseText(value);
  if (words !== null) return { kind: "text", value, words };
  const lists = recogniseLists(value);
  return lists ? { kind: "lists", value, lists } : { kind: "tree", value };
}
