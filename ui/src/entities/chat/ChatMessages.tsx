import { useState } from "react";
import { Button } from "@/components/Button";
import { ChatPartView } from "@/entities/chat/ChatPartView";
import type { ChatMessage } from "@/entities/chat/recogniseChat";
import styles from "./ChatMessages.module.css";

const MESSAGES_SHOWN = 40;

/** A conversation; of a long one the newest part, since that is what the call was about. */
export function ChatMessages({ messages, label }: { messages: readonly ChatMessage[]; label: string }) {
  const [shown, setShown] = useState(MESSAGES_SHOWN);
  const hidden = Math.max(0, messages.length - shown);
  return (
    <section aria-label={label} className={styles.messages}>
      {hidden > 0 && (
        <div className={styles.more}>
          <Button kind="quiet" onPress={() => setShown(shown + 5 * MESSAGES_SHOWN)}>
            Show earlier messages ({hidden})
          </Button>
        </div>
      )}
      {messages.slice(hidden).map((message, index) => (
        <article
          // biome-ignore lint/suspicious/noArrayIndexKey: recorded messages never move
          key={hidden + index}
          className={styles.message}
          data-role={message.role}
          aria-label={`${message.role} message`}
        >
          <header className={styles.head}>
            <span>{message.role}</span>
            {message.name && <span>{message.name}</span>}
          </header>
          <div className={styles.body}>
            {message.parts.length === 0 && <span className={styles.nothing}>no content</span>}
            {message.parts.map((part, place) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: the parts of a recorded message never move
              <ChatPartView key={place} part={part} />
            ))}
          </div>
        </article>
      ))}
    </section>
  );
}
