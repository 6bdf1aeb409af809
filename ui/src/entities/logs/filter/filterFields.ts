// What can be asked of a field, and in which words. Pure.

export type FilterField = {
  name: string;
  says: string;
  /** Values that there can be, or that are often asked for. */
  values?: readonly string[];
  /** Where order or nothing else is asked of the field. */
  operators?: readonly string[];
};

export const AMOUNTS = [">", ">=", "<", "<=", "="] as const;
export const TIMES = [">", "<"] as const;

const TEXTS = ["=", "!=", ":", "in", "~"] as const;
const PRESENCE = ["has", "missing"] as const;

const WORDS: Record<string, string> = {
  ":": "has in it",
  "=": "is",
  "!=": "is not",
  ":=": "is, in any case",
  "~": "has the words",
  ">": "more than",
  ">=": "at least",
  "<": "less than",
  "<=": "at most",
  in: "is one of",
  has: "is there",
  missing: "is missing",
};

export function operatorWords(operator: string, field: FilterField | undefined): string {
  if (field?.operators === TIMES) return { ">": "after", ">=": "from", "<": "before", "<=": "until" }[operator] ?? "is";
  if (operator === ":" && field?.values) return "is";
  return WORDS[operator] ?? operator;
}

/** The operators that suit a field, the usual first. */
export function operatorsOf(name: string, field: FilterField | undefined): readonly string[] {
  if (name === "error") return [":"];
  if (isAmount(name) || field?.operators === AMOUNTS) return [...AMOUNTS, "!=", ...PRESENCE];
  if (field?.operators) return [">", ">=", "<", "<="];
  if (field?.values) return [":", "!=", "in", ...PRESENCE];
  if (/^(input|output|metadata)[.[]/.test(name)) return [...TEXTS, ...AMOUNTS.slice(0, 4), ...PRESENCE];
  return [...TEXTS, ...PRESENCE];
}

/** Whether figures can be had of it; what stands in metadata may be numbers. */
export function isMeasured(name: string, fields: readonly FilterField[]): boolean {
  return (
    isAmount(name) || name.startsWith("metadata") || fields.find((each) => each.name === name)?.operators === AMOUNTS
  );
}

/** Fields that have a key, and hold numbers. */
export const isAmount = (name: string) => /^(usage|feedback|span_feedback|guardrails)[.[]/.test(name);

export function withKey(head: string, key: string): string {
  return /^[\w.]+$/.test(key) ? `${head}.${key}` : `${head}['${key.replace(/['\\]/g, "\\$&")}']`;
}
