// The text of a filter as a row of terms, and a term as text. The grammar is that of `core/src/query/parse.rs`, as far as
// terms and their fields, operators and values can be told apart; what they mean is the server's to say. Pure.

export type Condition = {
  field: string;
  /** As it is written; `in`, `has` and `missing` among them. */
  operator: string;
  /** As it is written, with its quotes; of `in`, what stands in the brackets; empty for `has` and `missing`. */
  value: string;
};

export type Term = {
  /** As it stands in the filter. */
  text: string;
  isNegated: boolean;
  /** Null for words to search for, and for what stands in brackets. */
  condition: Condition | null;
};

/** Terms of which all must hold; or why the text is no such row. */
export type ReadFilter = { terms: readonly Term[] } | { problem: "alternatives" | "unreadable" };

export function readFilter(text: string): ReadFilter {
  const terms: Term[] = [];
  let at = afterSpace(text, 0);
  while (at < text.length || terms.length > 0) {
    const read = readTerm(text, at);
    if (!read) return { problem: "unreadable" };
    terms.push(read.term);
    at = afterSpace(text, read.end);
    if (at >= text.length) break;
    if (isKeyword(text, at, "or")) return { problem: "alternatives" };
    if (isKeyword(text, at, "and")) at = afterSpace(text, at + "and".length);
  }
  return { terms };
}

export function writeTerm({ isNegated, condition }: { isNegated: boolean; condition: Condition }): string {
  return `${isNegated ? "NOT " : ""}${writeCondition(condition)}`;
}

function writeCondition({ field, operator, value }: Condition): string {
  if (operator === "has" || operator === "missing") return `${operator}:${field}`;
  if (operator === "in") return `${field} in (${value})`;
  return operator === ":" ? `${field}:${value}` : `${field} ${operator} ${value}`;
}

/** A text as a value of the query language: in quotes unless it is one plain word. */
export function valueText(value: string): string {
  return /^[\p{L}\d_][\p{L}\d_.-]*$/u.test(value) && !/^(and|or|not|to|in)$/i.test(value) ? value : quoted(value);
}

// A backslash counts only before a quote or another backslash.
const quoted = (value: string) => `"${value.replace(/["\\]/g, "\\$&")}"`;

/** A value as people write it who think of no grammar: without the quotes that only keep it together. */
export function plainValue(value: string): string {
  const inner = /^"((?:[^"\\]|\\.)*)"$/s.exec(value)?.[1]?.replace(/\\(["\\])/g, "$1");
  return inner === undefined || isOneValue(inner) || inner.trim() !== inner || inner === "" ? value : inner;
}

/** The other way: in quotes where the grammar would read it as something else than one value. */
export function writtenValue(value: string): string {
  return isOneValue(value) ? value : quoted(value);
}

function isOneValue(value: string): boolean {
  const read = readFilter(`field:${value}`);
  return "terms" in read && read.terms.length === 1 && read.terms[0]?.condition?.value === value;
}

type Read = { term: Term; end: number };

function readTerm(text: string, from: number): Read | null {
  let at = from;
  let isNegated = false;
  for (;;) {
    at = afterSpace(text, at);
    const isMinus = text[at] === "-" && /\S/.test(text[at + 1] ?? " ");
    if (!isMinus && !isKeyword(text, at, "not")) break;
    at += isMinus ? 1 : "not".length;
    isNegated = !isNegated;
  }
  const read = text[at] === "(" ? found(null, afterGroup(text, at)) : readCondition(text, at);
  if (!read) return null;
  const { condition, end, isDenied } = read;
  return { term: { text: text.slice(from, end), isNegated: isNegated !== isDenied, condition }, end };
}

type Found = { condition: Condition | null; end: number; isDenied: boolean };

function found(condition: Condition | null, end: number | null, isDenied = false): Found | null {
  return end === null ? null : { condition, end, isDenied };
}

const OPERATORS = [":=", ":>=", ":<=", ":>", ":<", ":", "==", "=", "!=", ">=", "<=", ">", "<", "~"];

function readCondition(text: string, at: number): Found | null {
  if (text[at] === '"') return found(null, afterLiteral(text, at));
  const end = afterWord(text, at);
  const word = text.slice(at, end);
  if (word === "") return null;
  const slips = /^~[12]?(?=[\s)]|$)/.exec(text.slice(end))?.[0];
  if (slips) return found(null, end + slips.length);
  const next = afterSpace(text, end);
  const operator = OPERATORS.find((sign) => text.startsWith(sign, next));
  if (operator === ":" && /^(has|missing)$/i.test(word)) {
    const field = afterSpace(text, next + 1);
    const fieldEnd = afterWord(text, field);
    const condition = { field: text.slice(field, fieldEnd), operator: word.toLowerCase(), value: "" };
    return field === fieldEnd ? null : found(condition, fieldEnd);
  }
  if (operator) {
    const value = afterSpace(text, next + operator.length);
    const valueEnd = afterValue(text, value);
    return found({ field: word, operator, value: text.slice(value, valueEnd ?? value) }, valueEnd);
  }
  const list = /^\s*(not\s+)?in\s*(?=\()/i.exec(text.slice(end));
  if (list) {
    const open = end + list[0].length;
    const close = afterGroup(text, open);
    const value = text.slice(open + 1, (close ?? open) - 1).trim();
    return found({ field: word, operator: "in", value }, close, list[1] !== undefined);
  }
  return /^(and|or|not)$/i.test(word) ? null : found(null, end);
}

/** Where a value ends: a literal, a group of values, or a range. */
function afterValue(text: string, at: number): number | null {
  if (text[at] === "(") return afterGroup(text, at);
  const range = /^[[{][^\]}]*[\]}]/.exec(text.slice(at))?.[0];
  return range ? at + range.length : afterLiteral(text, at);
}

function afterLiteral(text: string, from: number): number | null {
  let at = text[from] === "*" ? from + 1 : from;
  if (text[at] === '"') {
    const end = afterQuoted(text, at);
    return end !== null && text[end] === "*" ? end + 1 : end;
  }
  let open = 0;
  for (; at < text.length; at += 1) {
    const sign = text.charAt(at);
    if (/\s/.test(sign) || (sign === ")" && open === 0)) break;
    if (sign === "(") open += 1;
    if (sign === ")") open -= 1;
  }
  return at === from ? null : at;
}

function afterQuoted(text: string, open: number): number | null {
  for (let at = open + 1; at < text.length; at += 1) {
    if (text[at] === '"') return at + 1;
    if (text[at] === "\\" && /["\\]/.test(text[at + 1] ?? "")) at += 1;
  }
  return null;
}

function afterGroup(text: string, open: number): number | null {
  let depth = 0;
  let at = open;
  while (at < text.length) {
    const sign = text.charAt(at);
    if (sign === '"') {
      const end = afterQuoted(text, at);
      if (end === null) return null;
      at = end;
      continue;
    }
    if (sign === "(") depth += 1;
    if (sign === ")") depth -= 1;
    at = sign === "[" ? afterKey(text, at) : at + 1;
    if (depth === 0) return at;
  }
  return null;
}

/** A field, a keyword or a word to search for. */
function afterWord(text: string, from: number): number {
  let at = from;
  while (at < text.length) {
    const sign = text.charAt(at);
    if (/[\s()":=<>~]/.test(sign) || (sign === "!" && text[at + 1] === "=")) break;
    at = sign === "[" ? afterKey(text, at) : at + 1;
  }
  return at;
}

/** Passes over `['…']`, where any character belongs to the key, or over a bracket that is none. */
function afterKey(text: string, open: number): number {
  const key = /^\[(?:'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")/s.exec(text.slice(open))?.[0];
  return open + (key?.length ?? 1);
}

function afterSpace(text: string, from: number): number {
  return from + (/^\s*/.exec(text.slice(from))?.[0].length ?? 0);
}

function isKeyword(text: string, at: number, keyword: string): boolean {
  const end = afterWord(text, at);
  return text.slice(at, end).toLowerCase() === keyword && !/[:=<>~!]/.test(text[end] ?? "");
}
