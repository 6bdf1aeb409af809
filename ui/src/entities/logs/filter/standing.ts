// What is nearly always asked, since when and in which environment, as parts of the one text of the filter. Pure.
import { withTerm } from "@/entities/logs/filter/filterTerms";
import { plainValue, readFilter, type Term, valueText } from "@/entities/logs/filter/readFilter";

/** Null where nothing is asked; `others` where it is more than this can say. */
export type Standing<Value> = Value | "others" | null;

/** Since when: `-24h`. */
export function sinceIn(filter: string): Standing<{ since: string }> {
  const bounds = termsOf(filter).filter(isPeriod);
  const [only] = bounds;
  if (!only) return null;
  const isOne = bounds.length === 1 && !only.isNegated && /^:?>=?$/.test(only.condition?.operator ?? "");
  return isOne ? { since: plainValue(only.condition?.value ?? "") } : "others";
}

export type Bounds = { from?: string | undefined; until?: string | undefined };

const INSTANT = /^\d{4}-\d\d-\d\dT\d\d:\d\d.*Z$/;
const wholeSeconds = (instant: string) => instant.replace(/\.\d+Z$/, "Z");

export function withSince(filter: string, since: string | null): string {
  return replaced(filter, isPeriod, since && `start > ${since}`);
}

/** From when until when, both as instants; null where the filter says something else. */
export function boundsIn(filter: string): Bounds | null {
  const bounds: Bounds = {};
  for (const { isNegated, condition } of termsOf(filter).filter(isPeriod)) {
    const [, sign] = /^:?([<>])=?$/.exec(condition?.operator ?? "") ?? [];
    const value = plainValue(condition?.value ?? "");
    const side = sign === ">" ? "from" : "until";
    if (isNegated || !sign || bounds[side] || !INSTANT.test(value)) return null;
    bounds[side] = value;
  }
  return bounds.from || bounds.until ? bounds : null;
}

export function withBounds(filter: string, { from, until }: Bounds): string {
  const terms = [from && `start >= ${wholeSeconds(from)}`, until && `start < ${wholeSeconds(until)}`].filter(Boolean);
  return replaced(filter, isPeriod, terms.length > 0 ? terms.join(" AND ") : null);
}

export function environmentsIn(filter: string): Standing<{ names: readonly string[] }> {
  const asked = termsOf(filter).filter(isEnvironment);
  const [only] = asked;
  if (!only) return null;
  const names = namesOf(only);
  return asked.length === 1 && names ? { names } : "others";
}

export function withEnvironments(filter: string, names: readonly string[]): string {
  const [first] = names;
  const values = names.map(valueText);
  const one = first === undefined ? null : `environment = ${valueText(first)}`;
  return replaced(filter, isEnvironment, names.length > 1 ? `environment in (${values.join(", ")})` : one);
}

/** The filter without the environments, of which all are to be offered. */
export const withoutEnvironments = (filter: string) => withEnvironments(filter, []);

const termsOf = (filter: string): readonly Term[] => {
  const read = readFilter(filter);
  return "terms" in read ? read.terms : [];
};
const isPeriod = ({ condition }: Term) => /^start(_time)?$/i.test(condition?.field ?? "");
const isEnvironment = ({ condition }: Term) => /^env(ironment)?$/i.test(condition?.field ?? "");

function namesOf({ isNegated, condition }: Term): string[] | null {
  if (!condition || isNegated) return null;
  if (/^(:|=|==|:=)$/.test(condition.operator)) return [bare(condition.value)];
  if (condition.operator !== "in") return null;
  return (condition.value.match(/"(?:[^"\\]|\\.)*"|[^\s,]+/g) ?? []).map(bare);
}

const bare = (value: string) => /^"((?:[^"\\]|\\.)*)"$/s.exec(value)?.[1]?.replace(/\\(["\\])/g, "$1") ?? value;

/** What is asked anew stands where it stood before. */
function replaced(filter: string, isMeant: (term: Term) => boolean, text: string | null): string {
  const terms = termsOf(filter);
  const at = terms.findIndex(isMeant);
  if (at < 0) return text === null ? filter : filter.trim() === "" ? text : withTerm(filter, text);
  const kept = terms.flatMap((term, index) => (index === at ? (text ?? []) : isMeant(term) ? [] : term.text));
  return kept.join(" AND ");
}
