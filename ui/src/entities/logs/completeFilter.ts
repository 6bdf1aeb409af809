import type { Completion } from "@/components/SearchBox";
import { valueText } from "@/entities/logs/filterTerms";

// What may stand where the caret is: a field, its operators, its values, or a word that joins. Pure.

const OPTIONS_MAX = 9;

export const AMOUNTS = [">", ">=", "<", "<=", "="] as const;
export const TIMES = [">", "<"] as const;

export type Observed = ReadonlyMap<string, readonly string[]>;

/** The values of the loaded rows, the frequent first, by the field in which they stand. */
export type FilterField = { name: string; says: string; values?: readonly string[]; operators?: readonly string[] };

type Value = readonly [field: string, value: string | null | undefined];

/** The values of the loaded rows, the frequent first, by the field in which they stand. */
export function observedValues(seen: Iterable<Value>): Observed {
  const counts = new Map<string, Map<string, number>>();
  for (const [field, value] of seen) {
    if (!value) continue;
    const values = counts.get(field) ?? new Map<string, number>();
    values.set(value, (values.get(value) ?? 0) + 1);
    counts.set(field, values);
  }
  const frequentFirst = (values: Map<string, number>) =>
    [...values].sort((a, b) => b[1] - a[1]).map(([value]) => value);
  return new Map([...counts].map(([field, values]) => [field, frequentFirst(values)]));
}

/** What is known of the things that are filtered: their fields, and values of the loaded rows. */
export type Known = { fields: readonly FilterField[]; observed: Observed };

export function completeFilter(text: string, caret: number, known: Known): Completion | null {
  const before = text.slice(0, caret);
  const value = /([\w.]+)\s*(:=|!=|>=|<=|[:=~<>])\s*("[^"]*|[^\s()"]*)$/.exec(before);
  if (value) {
    const [, field = "", , begun = ""] = value;
    return completionOf(caret, begun.length, valuesOf(field, known), begun.replace(/^"/, ""));
  }
  if (/[\w.]+\s*(:=|!=|>=|<=|[:=~<>])\s*("[^"]*"|[^\s()"]+)\s+$|\)\s*$/.test(before)) {
    const joints = ["AND", "OR"].map((word) => ({ insert: `${word} `, label: word, detail: "" }));
    return completionOf(caret, 0, joints, "");
  }
  const [begun = ""] = /[\w.]*$/.exec(before) ?? [];
  const exact = fieldsOf(known).find((field) => field.name === begun);
  if (exact?.operators) {
    const options = exact.operators.map((sign) => ({
      insert: `${begun} ${sign} `,
      label: `${begun} ${sign}`,
      detail: exact.says,
    }));
    return completionOf(caret, begun.length, options, begun);
  }
  const options = fieldsOf(known).map((field) => ({
    insert: insertOf(field),
    label: field.name,
    detail: field.says,
  }));
  return completionOf(caret, begun.length, options, begun);
}

function insertOf({ name, operators }: FilterField): string {
  if (/[.:]$/.test(name)) return name;
  return operators ? `${name} ` : `${name}:`;
}

function fieldsOf({ fields, observed }: Known): FilterField[] {
  const scores = (observed.get("feedback") ?? []).map((name) => ({
    name: /^[\w.]+$/.test(name) ? `feedback.${name}` : `feedback['${name}']`,
    says: "feedback score",
    operators: [">", "<", "="],
  }));
  return [...fields, ...scores];
}

function valuesOf(field: string, known: Known) {
  if (field === "has" || field === "missing") {
    return fieldsOf(known)
      .filter(({ name }) => !/[.:]$/.test(name))
      .map(({ name, says }) => ({ insert: `${name} `, label: name, detail: says }));
  }
  const fixed = known.fields.find(({ name }) => name === field)?.values ?? [];
  return [...fixed, ...(known.observed.get(field) ?? [])].map((value) => ({
    insert: `${fixed.includes(value) ? value : valueText(value)} `,
    label: value,
    detail: fixed.includes(value) ? "" : "seen here",
  }));
}

function completionOf(caret: number, length: number, all: Completion["options"], begun: string): Completion | null {
  const words = begun.toLowerCase();
  const starting = all.filter(({ label }) => label.toLowerCase().startsWith(words));
  const holding = all.filter(
    ({ label }) => !starting.some((other) => other.label === label) && label.toLowerCase().includes(words),
  );
  const options = [...starting, ...holding].slice(0, OPTIONS_MAX);
  return options.length > 0 ? { from: caret - length, to: caret, options } : null;
}
