import { useMemo, useState } from "react";
import { ToggleButton, ToggleButtonGroup } from "react-aria-components";
import { CopyButton } from "@/components/CopyButton";
import { JsonTree } from "@/components/JsonTree";
import { Markdown } from "@/components/Markdown";
import { Scrollable } from "@/components/Scrollable";
import { ChatMessages } from "@/entities/chat/ChatMessages";
import { recogniseChat, recogniseText } from "@/entities/chat/recogniseChat";
import { formatCompact } from "@/lib/format";
import { type JsonValue, parseJson, prettyJson } from "@/lib/json";
import { useStored } from "@/lib/storage";
import styles from "./Payload.module.css";

type PayloadProps = { title: string; text: string | null | undefined };
type Mode = "pretty" | "json";

const parseMode = (value: unknown): Mode | undefined => (value === "pretty" || value === "json" ? value : undefined);
const RAW_CHARS_SHOWN = 500_000;

/** An input, output or metadata: as a conversation or text where it is one, else as a tree; or the exact JSON. */
export function Payload({ title, text }: PayloadProps) {
  const [mode, setMode] = useStored<Mode>(`payload.${title.toLowerCase()}`, parseMode, "pretty");
  const hasText = text !== null && text !== undefined;
  return (
    <section className={styles.payload} aria-label={title}>
      <header className={styles.head}>
        <h3>
          {title} {hasText && <span className={styles.size}>{formatCompact(text.length)} characters</span>}
        </h3>
        {hasText && (
          <>
            <ToggleButtonGroup
              className={styles.modes ?? ""}
              aria-label={`${title} view`}
              disallowEmptySelection
              selectedKeys={[mode]}
              onSelectionChange={(keys) => setMode(parseMode([...keys][0]) ?? "pretty")}
            >
              <ToggleButton id="pretty" className={styles.mode ?? ""}>
                Pretty
              </ToggleButton>
              <ToggleButton id="json" className={styles.mode ?? ""}>
                JSON
              </ToggleButton>
            </ToggleButtonGroup>
            <CopyButton label={`Copy ${title.toLowerCase()}`} text={text} />
          </>
        )}
      </header>
      {!hasText ? (
        <p className={styles.none}>none recorded</p>
      ) : mode === "json" ? (
        <RawJson text={text} label={title} />
      ) : (
        <PrettyPayload text={text} label={title} />
      )}
    </section>
  );
}

function PrettyPayload({ text, label }: { text: string; label: string }) {
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

function RawJson({ text, label }: { text: string; label: string }) {
  const [isWhole, setWhole] = useState(false);
  const pretty = useMemo(() => prettyJson(text), [text]);
  const isCut = !isWhole && pretty.length > RAW_CHARS_SHOWN;
  return (
    <>
      <Scrollable label={`${label} as JSON`} className={styles.raw}>
        <pre>{isCut ? pretty.slice(0, RAW_CHARS_SHOWN) : pretty}</pre>
      </Scrollable>
      {isCut && (
        <button type="button" className={styles.mode} onClick={() => setWhole(true)}>
          Show all {formatCompact(pretty.length)} characters
        </button>
      )}
    </>
  );
}

function tryParse(text: string): { ok: true; value: JsonValue } | { ok: false } {
  try {
    return { ok: true, value: parseJson(text) };
  } catch {
    return { ok: false };
  }
}
