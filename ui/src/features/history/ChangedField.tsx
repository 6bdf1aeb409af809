import { useMemo, useState } from "react";
import { Button } from "@/components/Button";
import { type DiffLine, DiffView } from "@/components/DiffView";
import { diffOfTexts } from "@/components/diffOfTexts";
import { foldedLines } from "@/components/foldedLines";
import { textOfValue, wordsOfField } from "@/features/history/changeWords";
import type { FieldChange } from "@/features/history/useHistory";
import styles from "./History.module.css";

const SHORT_CHARS_MAX = 80;
const LINES_SHOWN = 12;
const isShort = (text: string | null) => text === null || (text.length <= SHORT_CHARS_MAX && !text.includes("\n"));

/** One field as a change found and left it. */
export function ChangedField({ change }: { change: FieldChange }) {
  const { field } = change;
  const before = change.before == null ? null : textOfValue(field, change.before);
  const after = change.after == null ? null : textOfValue(field, change.after);
  return (
    <div className={styles.field}>
      <dt>{wordsOfField(field)}</dt>
      <dd>
        {isShort(before) && isShort(after) ? (
          <p className={styles.short}>
            {before !== null && <Old text={before} />}
            {before !== null && after !== null && <span aria-hidden> → </span>}
            {after !== null && <New text={after} />}
          </p>
        ) : (
          <Lines label={`Change of ${wordsOfField(field)}`} before={before} after={after} />
        )}
        {change.isShortened && (
          <p className={styles.note}>Only the beginning is told here; “Show as it was” has the whole.</p>
        )}
      </dd>
    </div>
  );
}

const Old = ({ text }: { text: string }) => (
  <del>
    <span className="visually-hidden">was </span>
    {text || "empty"}
  </del>
);

const New = ({ text }: { text: string }) => (
  <ins>
    <span className="visually-hidden">now </span>
    {text || "empty"}
  </ins>
);

function Lines({ label, before, after }: { label: string; before: string | null; after: string | null }) {
  const [isWhole, setWhole] = useState(false);
  const lines = useMemo(() => linesOf(before, after), [before, after]);
  const folded = foldedLines(lines, LINES_SHOWN);
  const hidden = lines.length - folded.length;
  return (
    <>
      <DiffView label={label} lines={isWhole ? lines : folded} />
      {hidden > 0 && (
        <div>
          <Button kind="quiet" aria-expanded={isWhole} onPress={() => setWhole(!isWhole)}>
            {isWhole ? "Fold" : `Show ${hidden} more ${hidden === 1 ? "line" : "lines"}`}
          </Button>
        </div>
      )}
    </>
  );
}

/** What there was nothing before, or is nothing after, is not compared. */
function linesOf(before: string | null, after: string | null): DiffLine[] {
  if (before !== null && after !== null) return diffOfTexts(before, after);
  const kind = before === null ? "ADDED" : "REMOVED";
  return (before ?? after ?? "").split("\n").map((text) => ({ kind, text }));
}
