import { Brain, CornerDownRight, Wrench } from "lucide-react";
import { JsonTree } from "@/components/JsonTree";
import { Markdown } from "@/components/Markdown";
import { ChatMediaView } from "@/entities/chat/ChatMediaView";
import { type ChatPart, unpackJson } from "@/entities/chat/recogniseChat";
import type { JsonValue } from "@/lib/json";
import styles from "./ChatMessages.module.css";

export function ChatPartView({ part }: { part: ChatPart }) {
  switch (part.kind) {
    case "text":
      return <Markdown text={part.text} />;
    case "thinking":
      return (
        <details className={styles.box}>
          <summary>
            <Brain aria-hidden /> Reasoning
          </summary>
          <div>
            <Markdown text={part.text} />
          </div>
        </details>
      );
    case "media":
      return <ChatMediaView media={part.media} />;
    case "toolCall":
      return (
        <div className={styles.box}>
          <header>
            <Wrench aria-hidden /> calls <strong>{part.name}</strong>
            {part.id && <span className={styles.id}>{part.id}</span>}
          </header>
          <div>
            <JsonTree value={part.arguments} label={`Arguments of ${part.name}`} />
          </div>
        </div>
      );
    case "toolResult":
      return (
        <div className={styles.box}>
          <header>
            <CornerDownRight aria-hidden /> tool result
            {part.id && <span className={styles.id}>{part.id}</span>}
          </header>
          <div>
            <ToolResult content={part.content} />
          </div>
        </div>
      );
    case "other":
      return <JsonTree value={part.value} label="Message part" />;
  }
}

function ToolResult({ content }: { content: JsonValue }) {
  const value = typeof content === "string" ? unpackJson(content) : content;
  if (typeof value === "string") return <Markdown text={value} />;
  return <JsonTree value={value} label="Tool result" />;
}
