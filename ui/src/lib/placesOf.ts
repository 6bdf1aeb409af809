/** Where words stand in a text, without regard to case. */
export function placesOf(text: string, words: string): { start: number; end: number }[] {
  if (words === "") return [];
  const [lower, wanted] = [text.toLowerCase(), words.toLowerCase()];
  // Some letters get longer in lower case; then places would be off.
  if (lower.length !== text.length) return [];
  const places: { start: number; end: number }[] = [];
  for (let at = lower.indexOf(wanted); at >= 0; at = lower.indexOf(wanted, at + wanted.length)) {
    places.push({ start: at, end: at + wanted.length });
  }
  return places;
}
