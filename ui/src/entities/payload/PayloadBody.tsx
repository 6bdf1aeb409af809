import { useMemo } from "react";
import { JsonTree } from "@/components/JsonTree";
import { Markdown } from "@/components/Markdown";
import { ChatMessages } from "@/entities/chat/ChatMessages";
import { recogniseChat, recogniseText } from "@/entities/chat/recogniseChat";
import { RawJson } from "@/entities/payload/RawJson";
import { type JsonValue, parseJson } from "@/lib/json";
import styles from "./Payload.module.css";

/** A recorded value as what it is: a conversation, a text, or a tree; what is no JSON is shown as it came. */
export function PayloadBody({ text, label }: { text: string; label: string }) {
  const parsed = useMemo(() => tryParse(text), [text]);
  const chat = useMemo(() => (parsed.ok ? recogniseChat(parsed.value) : null), [parsed]);
  if (!parsed.ok) return <RawJson text={text} label={label} />;
  if (chat) return <ChatMessages messages={chat} label={`${label} messages`} />;
  const words = recogniseText(parsed.value);
  return (
    <div className={styles.frame}>
      {words === null ? <JsonTree value={parsed.value} label={`${label} values`} /> : <Markdown text={words} />}
    </div>
  );
}

function tryParse(text: string): { ok: true; value: JsonValue } | { ok: false } {
  try {
    return { ok: true, value: parseJson(text) };
  } catch {
    return { ok: false };
  }
}
