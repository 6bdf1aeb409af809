import type { Completion } from "@/components/SearchBox";
import { type FilterField, TRACE_FIELDS } from "@/features/traces/filterFields";
import { valueText } from "@/features/traces/filterTerms";
import type { TraceRow } from "@/features/traces/TraceRow";

// What may stand where the caret is: a field, its operators, its values, or a word that joins. Pure.

const OPTIONS_MAX = 9;

export type Observed = ReadonlyMap<string, readonly string[]>;

/** The values of the loaded rows, the frequent first, by the field in which they stand. */
export function observedValues(rows: readonly TraceRow[]): Observed {
  const counts = new Map<string, Map<string, number>>();
  const count = (field: string, value: string | null | undefined) => {
    if (!value) return;
    const values = counts.get(field) ?? new Map<string, number>();
    values.set(value, (values.get(value) ?? 0) + 1);
    counts.set(field, values);
  };
  for (const row of rows) {
    count("name", row.name);
    count("error_type", row.error?.exceptionType);
    count("thread_id", row.threadId);
    count("environment", row.environment);
    count("source", row.source);
    count("created_by", row.createdBy);
    for (const tag of row.tags) count("tags", tag);
    for (const provider of row.providers) count("providers", provider);
    for (const score of row.feedbackScores) count("feedback", score.name);
  }
  const frequentFirst = (values: Map<string, number>) =>
    [...values].sort((a, b) => b[1] - a[1]).map(([value]) => value);
  return new Map([...counts].map(([field, values]) => [field, frequentFirst(values)]));
}

export function completeFilter(text: string, caret: number, observed: Observed): Completion | null {
  const before = text.slice(0, caret);
  const value = /([\w.]+)\s*(:=|!=|>=|<=|[:=~<>])\s*("[^"]*|[^\s()"]*)$/.exec(before);
  if (value) {
    const [, field = "", , begun = ""] = value;
    return completionOf(caret, begun.length, valuesOf(field, observed), begun.replace(/^"/, ""));
  }
  if (/[\w.]+\s*(:=|!=|>=|<=|[:=~<>])\s*("[^"]*"|[^\s()"]+)\s+$|\)\s*$/.test(before)) {
    const joints = ["AND", "OR"].map((word) => ({ insert: `${word} `, label: word, detail: "" }));
    return completionOf(caret, 0, joints, "");
  }
  const [begun = ""] = /[\w.]*$/.exec(before) ?? [];
  const exact = fieldsOf(observed).find((field) => field.name === begun);
  if (exact?.operators) {
    const options = exact.operators.map((sign) => ({
      insert: `${begun} ${sign} `,
      label: `${begun} ${sign}`,
      detail: exact.says,
    }));
    return completionOf(caret, begun.length, options, begun);
  }
  const options = fieldsOf(observed).map((field) => ({
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

function fieldsOf(observed: Observed): FilterField[] {
  const scores = (observed.get("feedback") ?? []).map((name) => ({
    name: /^[\w.]+$/.test(name) ? `feedback.${name}` : `feedback['${name}']`,
    says: "feedback score",
    operators: [">", "<", "="],
  }));
  return [...TRACE_FIELDS, ...scores];
}

function valuesOf(field: string, observed: Observed) {
  if (field === "has" || field === "missing") {
    return fieldsOf(observed)
      .filter(({ name }) => !/[.:]$/.test(name))
      .map(({ name, says }) => ({ insert: `${name} `, label: name, detail: says }));
  }
  const fixed = TRACE_FIELDS.find(({ name }) => name === field)?.values ?? [];
  return [...fixed, ...(observed.get(field) ?? [])].map((value) => ({
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
