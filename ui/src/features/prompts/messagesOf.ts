import { type ChatMessage, recogniseChat } from "@/entities/chat/recogniseChat";
import { readMessages } from "@/features/prompts/template";
import { parseJson } from "@/lib/json";

export type SaidMessage = Pick<ChatMessage, "role" | "parts">;

/** The messages of a chat, whatever they are made of; null if its template is no list of messages. */
export function messagesOf(template: string): SaidMessage[] | null {
  const plain = readMessages(template)?.map(
    ({ role, content }): SaidMessage => ({ role, parts: [{ kind: "text", text: content }] }),
  );
  if (plain) return plain;
  try {
    return recogniseChat(parseJson(template));
  } catch {
    return null;
  }
}
