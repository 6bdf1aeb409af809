import { useMemo, useState } from "react";
import { Scrollable } from "@/components/Scrollable";
import { formatCompact } from "@/lib/format";
import { prettyJson } from "@/lib/json";
import styles from "./Payload.module.css";

const RAW_CHARS_SHOWN = 500_000;

export function RawJson({ text, label }: { text: string; label: string }) {
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
