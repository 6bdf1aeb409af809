import { ChevronRight, Ellipsis } from "lucide-react";
import { type CSSProperties, useEffect, useRef, useState } from "react";
import { Highlighted } from "@/components/Highlighted";
import { type JsonNode, type JsonRow, leafText } from "@/components/jsonRows";
import { ExactNumber, type JsonValue } from "@/lib/json";
import { placesOf } from "@/lib/placesOf";
import styles from "./JsonTree.module.css";

const STRING_CHARS_SHOWN = 2_000;

type JsonTreeRowProps = {
  row: JsonRow;
  index: number;
  /** The row that the keys are at: the only one in the order of the Tab key. */
  isActive: boolean;
  isFocusWanted: boolean;
  /** To be marked. */
  words: string;
  isFound: boolean;
  onToggle: (id: string, isOpen: boolean) => void;
  onMore: (id: string) => void;
  onMenu: (node: JsonNode, button: HTMLElement) => void;
};

export function JsonTreeRow({
  row,
  index,
  isActive,
  isFocusWanted,
  words,
  isFound,
  onToggle,
  onMore,
  onMenu,
}: JsonTreeRowProps) {
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (isFocusWanted) box.current?.querySelector("button")?.focus();
  }, [isFocusWanted]);
  const tabIndex = isActive ? 0 : -1;
  const style = { "--depth": row.depth } as CSSProperties;
  if (row.kind === "more") {
    return (
      <div ref={box} className={styles.row} style={style} data-row={index}>
        <button type="button" className={styles.more} tabIndex={tabIndex} onClick={() => onMore(row.branchId)}>
          {row.hidden} more
        </button>
      </div>
    );
  }
  const name = row.steps.at(-1);
  const key = name !== undefined && (
    <span className={styles.key}>
      <Marked text={String(name)} words={words} />
    </span>
  );
  return (
    <div ref={box} className={styles.row} style={style} data-row={index} data-found={isFound || undefined}>
      {row.kind === "branch" ? (
        <button
          type="button"
          className={styles.toggle}
          tabIndex={tabIndex}
          aria-expanded={row.isOpen}
          onClick={() => onToggle(row.id, !row.isOpen)}
        >
          <ChevronRight aria-hidden />
          <span>
            {key} <span className={styles.summary}>{row.summary}</span>
          </span>
        </button>
      ) : (
        <span className={styles.leaf}>
          {key}
          {key && ": "}
          <Leaf value={row.value} words={words} tabIndex={tabIndex} />
        </span>
      )}
      <button
        type="button"
        className={styles.menu}
        tabIndex={tabIndex}
        aria-haspopup="menu"
        aria-label={`Actions for ${row.id || "the value"}`}
        onClick={(event) => onMenu(row, event.currentTarget)}
      >
        <Ellipsis aria-hidden />
      </button>
    </div>
  );
}

function Leaf({ value, words, tabIndex }: { value: JsonValue; words: string; tabIndex: number }) {
  const [isWhole, setWhole] = useState(false);
  const text = leafText(value);
  if (typeof value === "string") {
    const last = words === "" ? -1 : text.toLowerCase().lastIndexOf(words.toLowerCase());
    const isLong = !isWhole && text.length > STRING_CHARS_SHOWN && last + words.length <= STRING_CHARS_SHOWN;
    return (
      <>
        <span className={styles.string}>
          "<Marked text={isLong ? `${text.slice(0, STRING_CHARS_SHOWN)}…` : text} words={words} />"
        </span>
        {isLong && (
          <button type="button" className={styles.more} tabIndex={tabIndex} onClick={() => setWhole(true)}>
            all {text.length} characters
          </button>
        )}
      </>
    );
  }
  const isNumber = typeof value === "number" || value instanceof ExactNumber;
  const look = isNumber ? styles.number : typeof value === "object" && value !== null ? styles.summary : styles.word;
  return (
    <span className={look}>
      <Marked text={text} words={words} />
    </span>
  );
}

function Marked({ text, words }: { text: string; words: string }) {
  const ranges = placesOf(text, words);
  return ranges.length === 0 ? text : <Highlighted text={text} ranges={ranges} />;
}
