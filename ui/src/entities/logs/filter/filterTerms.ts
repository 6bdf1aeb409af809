// The text of a filter stays the one state: terms are cut out of it, put into it and changed within it. Pure.
import { readFilter, valueText } from "@/entities/logs/filter/readFilter";

/** The terms of which all must hold; null where the text is not such a row. */
export function filterTerms(text: string): string[] | null {
  const read = readFilter(text);
  return "terms" in read ? read.terms.map((term) => term.text) : null;
}

export function withTerm(text: string, term: string): string {
  const terms = filterTerms(text);
  if (terms?.includes(term)) return text;
  return joined([...(terms ?? [`(${text})`]), asOne(term)]);
}

export function withoutTerm(text: string, index: number): string {
  return joined((filterTerms(text) ?? []).filter((_, at) => at !== index));
}

/** With another term in the place of one. */
export function withTermAt(text: string, index: number, term: string): string {
  const terms = filterTerms(text) ?? [];
  return joined(terms.map((old, at) => (at === index ? asOne(term) : old)));
}

/** What is searched for as conditions: words that must stand in the thing itself. */
export function wordsOf(search: string): string[] {
  const words = search.match(/"[^"]*"\*?|\S+/g) ?? [];
  return words.map((word) => {
    if (/^"[^"]+"\*?$/.test(word)) return word;
    const isPlain = /^[\p{L}\p{N}]+\*?$/u.test(word) && !/^(and|or|not)$/i.test(word);
    return isPlain ? word : valueText(word.replaceAll('"', ""));
  });
}

function asOne(term: string): string {
  const read = readFilter(term);
  return "problem" in read && read.problem === "alternatives" ? `(${term})` : term;
}

const joined = (terms: readonly string[]) => terms.join(" AND ");
