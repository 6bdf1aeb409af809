import {
  type ComparedSpan,
  type Part,
  partsThatDiffer,
  type TextMarks,
} from "@/features/traces/comparison/comparedSpan";
import type { Pair } from "@/features/traces/comparison/matchSpans";

// The matched trees as the rows on screen. Pure, one walk over the tree.

export type RowState = "same" | "changed" | "left" | "right" | "unread";

export type ComparedRow = {
  /** Of the span on the left, or else of the one on the right. */
  id: string;
  left: ComparedSpan | null;
  right: ComparedSpan | null;
  state: RowState;
  parts: readonly Part[];
  isMoved: boolean;
  depth: number;
  position: number;
  siblings: number;
  /** Where one steps from difference to difference: what lies within a span of one side is no further one. */
  isDifference: boolean;
};

export type RowCounts = Record<RowState, number>;

type Level = { pairs: readonly Pair<ComparedSpan>[]; next: number; depth: number; above: RowState | null };

export function comparedRows(root: Pair<ComparedSpan>, marks: ReadonlyMap<string, TextMarks>): ComparedRow[] {
  const rows: ComparedRow[] = [];
  const stack: Level[] = [{ pairs: [root], next: 0, depth: 0, above: null }];
  for (let level = stack.at(-1); level; level = stack.at(-1)) {
    const pair = level.pairs[level.next];
    if (!pair) {
      stack.pop();
      continue;
    }
    level.next += 1;
    const { left, right, isMoved, children } = pair;
    const parts = left && right ? partsThatDiffer(left, right, marks) : [];
    const state = stateOf(pair, parts);
    rows.push({
      id: (left ?? right)?.id ?? "",
      left,
      right,
      state,
      parts: parts ?? [],
      isMoved,
      depth: level.depth,
      position: level.next,
      siblings: level.pairs.length,
      isDifference: isMoved || state === "changed" || (isOneSided(state) && level.above !== state),
    });
    if (children.length > 0) stack.push({ pairs: children, next: 0, depth: level.depth + 1, above: state });
  }
  return rows;
}

function stateOf({ left, right }: Pair<ComparedSpan>, parts: readonly Part[] | null): RowState {
  if (!right) return "left";
  if (!left) return "right";
  if (parts === null) return "unread";
  return parts.length > 0 ? "changed" : "same";
}

const isOneSided = (state: RowState) => state === "left" || state === "right";

/** What differs, and what leads to it from the root. */
export function onlyDifferences(rows: readonly ComparedRow[]): ComparedRow[] {
  const kept: ComparedRow[] = [];
  // Rows stand in the order of the tree: on the way back, an ancestor is the next row that is less deep.
  let wanted = 0;
  for (const row of rows.toReversed()) {
    const leads = row.depth < wanted;
    if (row.isDifference || isOneSided(row.state) || leads) {
      kept.push(row);
      wanted = row.depth;
    }
  }
  return kept.reverse();
}

export function countsOf(rows: readonly ComparedRow[]): RowCounts {
  const counts: RowCounts = { same: 0, changed: 0, left: 0, right: 0, unread: 0 };
  for (const { state } of rows) counts[state] += 1;
  return counts;
}

/** The row that holds a span of either side. */
export function placeOf(rows: readonly ComparedRow[], spanId: string): number {
  return rows.findIndex(({ left, right }) => left?.id === spanId || right?.id === spanId);
}

/** The next difference after a row or the one before it, and round from the last to the first. */
export function stepToDifference(rows: readonly ComparedRow[], from: number, step: 1 | -1): ComparedRow | null {
  for (let away = 1; away <= rows.length; away += 1) {
    const row = rows[(((from + step * away) % rows.length) + rows.length) % rows.length];
    if (row?.isDifference) return row;
  }
  return null;
}
