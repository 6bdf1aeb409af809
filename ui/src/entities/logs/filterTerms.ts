// The filter text as a row of terms, and back. The text stays the one state: chips are cut out of it.

/** The parts that are joined by `AND`; null where the text is not such a row (an `OR` at the top, or unbalanced). */
export function filterTerms(text: string): string[] | null {
  const terms: string[] = [];
  let depth = 0;
  let quote = "";
  let from = 0;
  for (let at = 0; at < text.length; at += 1) {
    const sign = text.charAt(at);
    if (quote) {
      if (sign === "\\") at += 1;
      else if (sign === quote) quote = "";
      continue;
    }
    if (sign === '"' || sign === "'") quote = sign;
    else if ("([{".includes(sign)) depth += 1;
    else if (")]}".includes(sign)) depth -= 1;
    if (depth < 0) return null;
    const joint = depth === 0 && isWordStart(text, at) ? /^(AND|OR)(?=[\s(]|$)/i.exec(text.slice(at)) : null;
    if (!joint) continue;
    if (joint[0].toUpperCase() === "OR") return null;
    terms.push(text.slice(from, at).trim());
    at += joint[0].length - 1;
    from = at + 1;
  }
  if (depth !== 0 || quote) return null;
  terms.push(text.slice(from).trim());
  if (terms.length === 1 && terms[0] === "") return [];
  return terms.includes("") ? null : terms;
}

export function withTerm(text: string, term: string): string {
  const terms = filterTerms(text);
  if (terms?.includes(term)) return text;
  if (terms) return [...terms, term].join(" AND ");
  return `(${text}) AND ${term}`;
}

export function withoutTerm(text: string, index: number): string {
  return (filterTerms(text) ?? []).filter((_, at) => at !== index).join(" AND ");
}

function isWordStart(text: string, at: number): boolean {
  return at === 0 || /[\s)]/.test(text.charAt(at - 1));
}

/** A text as a value of the query language: in quotes unless it is one plain word. */
export function valueText(value: string): string {
  return /^[\p{L}\d_][\p{L}\d_.-]*$/u.test(value) && !/^(and|or|not|to|in)$/i.test(value)
    ? value
    : JSON.stringify(value);
}
