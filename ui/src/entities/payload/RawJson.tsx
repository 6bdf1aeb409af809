import { useMemo, useState } from "react";
import { Scrollable } from "@/components/Scrollable";
import { formatCompact } from "@/lib/format";
import { prettyJson } from "@/lib/json";
import styles from "./Payload.module.css";

const RAW_CHARS_SHOWN = 500_000;

/** The exact JSON, laid out. */
export function RawJson({ text, label }: { text: string; label: string }) {
  const pretty = useMemo(() => prettyJson(text), [text]);
  return <RawText text={pretty} label={label} />;
}

/** A text as it is; of a long one the beginning. */
export function RawText({ text, label }: { text: string; label: string }) {
  const [isWhole, setWhole] = useState(false);
  const isCut = !isWhole && text.length > RAW_CHARS_SHOWN;
  return (
    <>
      <Scrollable label={`${label} as JSON`} className={styles.raw}>
        <pre>{isCut ? text.slice(0, RAW_CHARS_SHOWN) : text}</pre>
      </Scrollable>
      {isCut && (
        <button type="button" className={styles.mode} onClick={() => setWhole(true)}>
          Show all {formatCompact(text.length)} characters
        </button>
      )}
    </>
  );
}
