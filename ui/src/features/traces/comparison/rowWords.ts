import type { ComparedRow, RowState } from "@/features/traces/comparison/comparedRows";

// A row of the comparison in words, for those who see neither signs nor colours.

export const SIGNS: Record<RowState, string> = { same: "=", changed: "≠", left: "−", right: "+", unread: "…" };

const WORDS: Record<RowState, string> = {
  same: "the same",
  changed: "changed",
  left: "only on the left",
  right: "only on the right",
  unread: "not compared yet",
};

export function wordsOfRow({ state, parts, isMoved }: ComparedRow): string {
  const said = parts.length > 0 ? `${WORDS[state]}: ${parts.join(", ")}` : WORDS[state];
  return isMoved ? `${said}; in another place` : said;
}
