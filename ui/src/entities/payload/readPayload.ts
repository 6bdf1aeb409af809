import { type ChatMessage, recogniseChat, recogniseText } from "@/entities/chat/recogniseChat";
import { type Lists, recogniseLists } from "@/entities/payload/recogniseLists";
import { type JsonValue, parseJson } from "@/lib/json";

/** How a recorded value is best shown; what is no JSON is known by its text alone. */
export type Form =
  | { kind: "chat"; messages: ChatMessage[] }
  | { kind: "text"; words: string }
  | { kind: "lists"; lists: Lists }
  | { kind: "tree" }
  | { kind: "broken" };

export function readPayload(text: string): { value: JsonValue; form: Form } {
  let value: JsonValue;
  try {
    value = parseJson(text);
  } catch {
    return { value: null, form: { kind: "broken" } };
  }
  return { value, form: formOf(value) };
}

function formOf(value: JsonValue): Form {
  const messages = recogniseChat(value);
  if (messages) return { kind: "chat", messages };
  const words = recogniseText(value);
  if (words !== null) return { kind: "text", words };
  const lists = recogniseLists(value);
  return lists ? { kind: "lists", lists } : { kind: "tree" };
}
