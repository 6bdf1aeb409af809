// What may stand where the caret is: a field, its operators, its values, or a word that joins. Pure.
import type { Completion, CompletionOption } from "@/components/SearchBox";
import type { FilterField } from "@/entities/logs/filter/filterFields";
import { readFilter } from "@/entities/logs/filter/readFilter";

const OPTIONS_MAX = 60;

/** A value of a field, as it is written in a filter and as it is read; and the condition that finds it alone. */
export type ObservedValue = { text: string; label: string; detail: string; condition?: string };

/** What was recorded of a field. `others` values are not among those told. */
export type Observed = { values: readonly ObservedValue[]; others: number; isReading: boolean };

/** `among` is a filter of the things whose values count; `begun` is what the values hold. */
export type AskedValues = { field: string; among: string; begun: string };

/** What is known of the things that are filtered: their fields, and values that were recorded. */
export type Known = {
  fields: readonly FilterField[];
  valuesOf: (asked: AskedValues) => Observed | null;
};

/** What the caret is in. Values are those of a field, fields may be begun, and joints stand between conditions. */
export type Place =
  | ({ kind: "value"; from: number; to: number; conditionFrom: number | null } & AskedValues)
  | { kind: "field"; from: number; to: number; begun: string }
  | { kind: "joint"; from: number; to: number };

const FIELD = String.raw`((?:[\w.-]|\['[^']*'\]|\["[^"]*"\]|\[\d*\])+)`;
const OPERATOR = "(:=|:?>=|:?<=|:>|:<|==|!=|[:=~<>])";
const VALUE = new RegExp(String.raw`${FIELD}\s*${OPERATOR}\s*("[^"]*|[^\s()"]*)$`);
const LISTED = new RegExp(
  String.raw`${FIELD}(?:\s*:\s*|\s+(?:not\s+)?in\s*)\((?:[^()]*[\s,])?()("[^"]*|[^\s(),"]*)$`,
  "i",
);
const DONE = new RegExp(String.raw`${FIELD}\s*${OPERATOR}\s*("[^"]*"|[^\s()"]+)\s+$|\)\s*$`);

export function placeOf(text: string, caret: number): Place {
  const before = text.slice(0, caret);
  const value = VALUE.exec(before) ?? LISTED.exec(before);
  if (value) {
    const [, field = "", operator, begun = ""] = value;
    const to = caret + (/^[^\s()",]*"?/.exec(text.slice(caret))?.[0].length ?? 0);
    const among = amongOf(text.slice(0, value.index), text.slice(to));
    // What `:` asks for is less than the value that is chosen: `model:gpt-4o` is true of `gpt-4o-mini` too.
    const conditionFrom = operator === ":" ? value.index : null;
    return {
      kind: "value",
      field,
      among,
      begun: begun.replace(/^"/, ""),
      from: caret - begun.length,
      to,
      conditionFrom,
    };
  }
  if (DONE.test(before)) return { kind: "joint", from: caret, to: caret };
  const [begun = ""] = /[\w.]*$/.exec(before) ?? [];
  return { kind: "field", from: caret - begun.length, to: caret, begun };
}

/** The other terms of a filter, where it is a row of terms. */
function amongOf(before: string, after: string): string {
  const kept = [before.replace(/(?:\s*\bAND\b|\s*\bNOT\b|-)*\s*$/i, ""), after.replace(/^\s*AND\b/i, "")];
  const among = kept
    .map((part) => part.trim())
    .filter(Boolean)
    .join(" AND ");
  return "terms" in readFilter(among) ? among : "";
}

export function completeFilter(text: string, caret: number, known: Known): Completion | null {
  const place = placeOf(text, caret);
  if (place.kind === "joint") {
    const joints = ["AND", "OR"].map((word) => ({ insert: `${word} `, label: word, detail: "" }));
    return { from: caret, to: caret, options: joints };
  }
  if (place.kind === "field") return completeField(place, known);
  const { field, from, to, begun, conditionFrom } = place;
  if (field === "has" || field === "missing") {
    const fields = known.fields.filter(({ name }) => !/[.:]$/.test(name));
    const options = fields.map(({ name, says }) => ({ insert: `${name} `, label: name, detail: says }));
    return completionOf({ from, to }, options, begun);
  }
  if (conditionFrom === null) return completeValue({ from, to }, place, known, ({ text }) => `${text} `);
  const insertOf = (value: ObservedValue) => `${value.condition ?? `${field}:${value.text}`} `;
  return completeValue({ from: conditionFrom, to }, place, known, insertOf);
}

/** The values of a field that hold what was begun. */
export function completeValue(
  range: { from: number; to: number },
  asked: AskedValues,
  known: Known,
  insertOf: (value: ObservedValue) => string,
): Completion | null {
  const observed = known.valuesOf(asked);
  const told = observed?.values ?? [];
  const fixed = known.fields.find(({ name }) => name === asked.field)?.values ?? [];
  const rest = fixed.filter((value) => !told.some(({ label }) => label === value));
  const values = [...told, ...rest.map((value): ObservedValue => ({ text: value, label: value, detail: "" }))];
  const options = values.map((value) => ({ insert: insertOf(value), label: value.label, detail: value.detail }));
  return completionOf(range, options, asked.begun, observed);
}

function completeField({ from, to, begun }: { from: number; to: number; begun: string }, known: Known) {
  const exact = known.fields.find((field) => field.name === begun);
  if (exact?.operators) {
    const options = exact.operators.map((sign) => ({
      insert: `${begun} ${sign} `,
      label: `${begun} ${sign}`,
      detail: exact.says,
    }));
    return completionOf({ from, to }, options, begun);
  }
  const options = known.fields.map((field) => ({ insert: insertOf(field), label: field.name, detail: field.says }));
  return completionOf({ from, to }, options, begun);
}

function insertOf({ name, operators }: FilterField): string {
  if (/[.:]$/.test(name)) return name;
  return operators ? `${name} ` : `${name}:`;
}

/** Those that begin with what was begun come before those that hold it. */
export function completionOf(
  { from, to }: { from: number; to: number },
  all: readonly CompletionOption[],
  begun: string,
  observed: Observed | null = null,
): Completion | null {
  const words = begun.toLowerCase();
  const starting = all.filter(({ label }) => label.toLowerCase().startsWith(words));
  const holding = all.filter((option) => !starting.includes(option) && option.label.toLowerCase().includes(words));
  const options = [...starting, ...holding].slice(0, OPTIONS_MAX);
  const note = observed?.isReading ? "Reading values…" : noteOf(starting.length + holding.length, observed);
  return options.length > 0 || note ? { from, to, options, ...(note ? { note } : {}) } : null;
}

function noteOf(found: number, observed: Observed | null): string | null {
  if (found > OPTIONS_MAX || (observed?.others ?? 0) > 0) return "There are more: go on typing to find them";
  // Figures are examples of what can be asked, not all there is.
  const isFigures = observed?.values.some(({ condition }) => condition === undefined);
  return observed && found === 0 && !isFigures ? "No recorded value holds this" : null;
}
