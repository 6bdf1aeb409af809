import { ToggleButton, ToggleButtonGroup } from "react-aria-components";
import { CopyButton } from "@/components/CopyButton";
import { PayloadBody } from "@/entities/payload/PayloadBody";
import { RawJson } from "@/entities/payload/RawJson";
import { formatCompact } from "@/lib/format";
import { useStored } from "@/lib/storage";
import styles from "./Payload.module.css";

type PayloadProps = { title: string; text: string | null | undefined };
type Mode = "pretty" | "json";

const parseMode = (value: unknown): Mode | undefined => (value === "pretty" || value === "json" ? value : undefined);

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
        <PayloadBody text={text} label={title} />
      )}
    </section>
  );
}
