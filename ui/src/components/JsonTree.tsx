import { ChevronRight } from "lucide-react";
import { useState } from "react";
import { ExactNumber, isObject, type JsonObject, type JsonValue } from "@/lib/json";
import styles from "./JsonTree.module.css";

const CHILDREN_SHOWN = 100;
const STRING_CHARS_SHOWN = 2_000;
const OPEN_DEPTH = 2;

type JsonTreeProps = { value: JsonValue; label: string };

/** A value to be opened piece by piece; what is closed is not in the document. */
export function JsonTree({ value, label }: JsonTreeProps) {
  const isBranch = Array.isArray(value) || isObject(value);
  return (
    <section className={styles.tree} aria-label={label}>
      {isBranch ? <Children value={value} depth={0} /> : <Leaf value={value} />}
    </section>
  );
}

function Children({ value, depth }: { value: JsonValue[] | JsonObject; depth: number }) {
  const [shown, setShown] = useState(CHILDREN_SHOWN);
  const entries = Object.entries(value);
  const rest = entries.length - shown;
  if (entries.length === 0)
    return <span className={styles.summary}>{Array.isArray(value) ? "empty list" : "empty object"}</span>;
  return (
    <ul>
      {entries.slice(0, shown).map(([key, child]) => (
        <li key={key}>
          <Entry name={key} value={child} depth={depth} />
        </li>
      ))}
      {rest > 0 && (
        <li>
          <button type="button" className={styles.more} onClick={() => setShown(shown + 10 * CHILDREN_SHOWN)}>
            {rest} more
          </button>
        </li>
      )}
    </ul>
  );
}

function Entry({ name, value, depth }: { name: string; value: JsonValue; depth: number }) {
  const isBranch = (Array.isArray(value) || isObject(value)) && Object.keys(value).length > 0;
  const [isOpen, setOpen] = useState(depth < OPEN_DEPTH);
  if (!isBranch) {
    return (
      <div className={styles.row}>
        <span className={styles.leaf}>
          <span className={styles.key}>{name}</span>: <Leaf value={value} />
        </span>
      </div>
    );
  }
  return (
    <>
      <div className={styles.row}>
        <button type="button" className={styles.toggle} aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>
          <ChevronRight aria-hidden />
          <span>
            <span className={styles.key}>{name}</span> <span className={styles.summary}>{summaryOf(value)}</span>
          </span>
        </button>
      </div>
      {isOpen && (
        <div className={styles.children}>
          <Children value={value} depth={depth + 1} />
        </div>
      )}
    </>
  );
}

function summaryOf(value: JsonValue[] | JsonObject): string {
  if (Array.isArray(value)) return `[${value.length}]`;
  const keys = Object.keys(value);
  return `{ ${keys.slice(0, 4).join(", ")}${keys.length > 4 ? ", …" : ""} }`;
}

function Leaf({ value }: { value: JsonValue }) {
  const [isWhole, setWhole] = useState(false);
  if (typeof value === "string") {
    const isLong = !isWhole && value.length > STRING_CHARS_SHOWN;
    return (
      <>
        <span className={styles.string}>"{isLong ? `${value.slice(0, STRING_CHARS_SHOWN)}…` : value}"</span>
        {isLong && (
          <button type="button" className={styles.more} onClick={() => setWhole(true)}>
            all {value.length} characters
          </button>
        )}
      </>
    );
  }
  if (typeof value === "number") return <span className={styles.number}>{value}</span>;
  if (value instanceof ExactNumber) return <span className={styles.number}>{value.text}</span>;
  if (typeof value === "object" && value !== null)
    return <span className={styles.summary}>{Array.isArray(value) ? "[]" : "{}"}</span>;
  return <span className={styles.word}>{String(value)}</span>;
}
