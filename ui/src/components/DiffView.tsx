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
/** Where more differs, words are not told apart: the time to compare them grows with the square of their number. */
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
  const { head, tail } = commonEnds(before, after);
  const inner = [before.slice(head, before.length - tail), after.slice(head, after.length - tail)] as const;
  const around = (pieces: Piece[]) =>
    [
      { text: before.slice(0, head), isChanged: false },
      ...pieces,
      { text: before.slice(before.length - tail), isChanged: false },
    ].filter(({ text }) => text !== "");
  if (inner[0].length + inner[1].length > WORDS_CHARS_MAX) {
    return [around([{ text: inner[0], isChanged: true }]), around([{ text: inner[1], isChanged: true }])];
  }
  const changes = diffWordsWithSpace(...inner);
  const side = (other: "added" | "removed", own: "added" | "removed") =>
    changes.filter((change) => !change[other]).map((change) => ({ text: change.value, isChanged: change[own] }));
  return [around(side("added", "removed")), around(side("removed", "added"))];
}

/** How many characters both begin and end with, in whole words. */
function commonEnds(before: string, after: string): { head: number; tail: number } {
  const most = Math.min(before.length, after.length);
  let head = 0;
  while (head < most && before[head] === after[head]) head += 1;
  let tail = 0;
  while (tail < most - head && before.at(-1 - tail) === after.at(-1 - tail)) tail += 1;
  while (head > 0 && !/\s/.test(before[head - 1] ?? "")) head -= 1;
  while (tail > 0 && !/\s/.test(before.at(-tail) ?? "")) tail -= 1;
  return { head, tail };
}
