import { useMemo, useState } from "react";
import { Button } from "@/components/Button";
import { DiffView } from "@/components/DiffView";
import { diffOfTexts } from "@/components/diffOfTexts";
import { foldedLines } from "@/components/foldedLines";
import { formatAmount, formatCount } from "@/lib/format";
import { linedJson } from "@/lib/json";
import styles from "./Comparison.module.css";

type BodyDiffProps = { title: string; left: string; right: string };

const LINES_SHOWN = 60;
/** More lines than this are too much for a page. */
const LINES_MAX = 5_000;

/** How one text became the other, line by line and word by word. */
export function BodyDiff({ title, left, right }: BodyDiffProps) {
  const [isWhole, setWhole] = useState(false);
  const lines = useMemo(() => diffOfTexts(readable(left), readable(right)), [left, right]);
  const folded = useMemo(() => foldedLines(lines, LINES_SHOWN), [lines]);
  const hidden = lines.length - folded.length;
  return (
    <section className={styles.body} aria-label={title}>
      <h3>{title} differs</h3>
      {lines.every(({ kind }) => kind === "KEPT") && <p>Only the way it is written down differs.</p>}
      <DiffView label={`Differences of ${title.toLowerCase()}`} lines={isWhole ? lines.slice(0, LINES_MAX) : folded} />
      {isWhole && lines.length > LINES_MAX && <p>The first {formatCount(LINES_MAX)} lines are shown.</p>}
      {hidden > 0 && (
        <div>
          <Button kind="quiet" aria-expanded={isWhole} onPress={() => setWhole(!isWhole)}>
            {isWhole ? "Fold" : `Show ${formatAmount(hidden, { one: "more line", many: "more lines" })}`}
          </Button>
        </div>
      )}
    </section>
  );
}

/** One text stands for itself; all else is laid out. */
function readable(json: string): string {
  try {
    const value: unknown = JSON.parse(json);
    return typeof value === "string" ? value : linedJson(json);
  } catch {
    return json;
  }
}
