import { diffWordsWithSpace } from "diff";
import { Scrollable } from "@/components/Scrollable";
import styles from "./DiffView.module.css";

export type DiffLine = {
  kind: "KEPT" | "REMOVED" | "ADDED";
  text: string;
  oldNumber?: number | null | undefined;
  newNumber?: number | null | undefined;
};

const SIGNS = { KEPT: " ", REMOVED: "−", ADDED: "+" };
const WORDS = { KEPT: "", REMOVED: "removed: ", ADDED: "added: " };
/** Longer lines are compared as a whole: the time to compare words grows with the square of their number. */
const WORDS_CHARS_MAX = 4_000;

type Piece = { text: string; isChanged: boolean };

/** Lines that were kept, removed and added; within a changed line, the words that differ. */
export function DiffView({ label, lines }: { label: string; lines: readonly DiffLine[] }) {
  const pieces = piecesOfLines(lines);
  return (
    <Scrollable label={label} className={styles.diff}>
      <table>
        <tbody>
          {lines.map((line, at) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: the lines of a comparison never move
            <tr key={at} data-kind={line.kind}>
              <td className={styles.number}>{line.oldNumber}</td>
              <td className={styles.number}>{line.newNumber}</td>
              <td className={styles.sign} aria-hidden>
                {SIGNS[line.kind]}
              </td>
              <td className={styles.text}>
                <span className="visually-hidden">{WORDS[line.kind]}</span>
                {pieces[at]?.map((piece, place) =>
                  // biome-ignore lint/suspicious/noArrayIndexKey: neither do their words
                  piece.isChanged ? <mark key={place}>{piece.text}</mark> : <span key={place}>{piece.text}</span>,
                )}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </Scrollable>
  );
}

/** A removed line is compared with the added line that takes its place. */
export function piecesOfLines(lines: readonly DiffLine[]): Piece[][] {
  const pieces: Piece[][] = lines.map(({ text }) => [{ text, isChanged: false }]);
  let at = 0;
  while (at < lines.length) {
    const removed = countOf(lines, at, "REMOVED");
    const added = countOf(lines, at + removed, "ADDED");
    for (let pair = 0; pair < Math.min(removed, added); pair += 1) {
      const [from, to] = [at + pair, at + removed + pair];
      const [before, after] = wordsOf(lines[from]?.text ?? "", lines[to]?.text ?? "");
      pieces[from] = before;
      pieces[to] = after;
    }
    at += Math.max(1, removed + added);
  }
  return pieces;
}

function countOf(lines: readonly DiffLine[], from: number, kind: DiffLine["kind"]): number {
  let end = from;
  while (lines[end]?.kind === kind) end += 1;
  return end - from;
}

function wordsOf(before: string, after: string): [Piece[], Piece[]] {
  if (before.length + after.length > WORDS_CHARS_MAX) {
    return [[{ text: before, isChanged: false }], [{ text: after, isChanged: false }]];
  }
  const changes = diffWordsWithSpace(before, after);
  const side = (other: "added" | "removed", own: "added" | "removed") =>
    changes.filter((change) => !change[other]).map((change) => ({ text: change.value, isChanged: change[own] }));
  return [side("added", "removed"), side("removed", "added")];
}
