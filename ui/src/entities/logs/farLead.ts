type Range = { start: number; end: number };

/** So much before the first match stays where there is little room. */
const NEAR_CHARS = 20;

/** How much of the beginning may be left out so that the first match comes into sight: whole words, where there are any. */
export function farLead(text: string, matches: readonly Range[]): number {
  const first = Math.min(text.length, ...matches.map(({ start }) => start));
  const from = first - NEAR_CHARS;
  if (matches.length === 0 || from <= 0) return 0;
  const space = text.indexOf(" ", from - 1);
  if (space >= 0 && space < first) return space + 1;
  // A character that takes two places is not cut through.
  return /[\uDC00-\uDFFF]/.test(text[from] ?? "") ? from - 1 : from;
}
