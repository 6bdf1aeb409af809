// The stretch of time that a filter asks for, and what else it asks. Pure; the clock is an argument.
import { type Condition, plainValue, readFilter, type Term } from "@/entities/logs/filter/readFilter";

export type Period = {
  fromMs: number;
  toMs: number;
  /** The conditions that ask for this stretch, and all others. */
  stretch: string;
  rest: string;
};

const UNITS: Record<string, number> = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 };

/** Null where the filter does not say since when. */
export function periodOf(filter: string, nowMs: number): Period | null {
  const read = readFilter(filter);
  if ("problem" in read) return null;
  const bounds = read.terms.flatMap((term) => boundOf(term, nowMs) ?? []);
  const lower = bounds.flatMap(({ isLower, atMs }) => (isLower ? [atMs] : []));
  const upper = bounds.flatMap(({ isLower, atMs }) => (isLower ? [] : [atMs]));
  const [fromMs, toMs] = [Math.max(...lower), Math.min(nowMs, ...upper)];
  if (lower.length === 0 || fromMs >= toMs) return null;
  const joined = (isBound: boolean) => {
    const terms = read.terms.filter((term) => (boundOf(term, nowMs) !== null) === isBound);
    return terms.map(({ text }) => text).join(" AND ");
  };
  return { fromMs, toMs, stretch: joined(true), rest: joined(false) };
}

function boundOf({ condition, isNegated }: Term, nowMs: number): { isLower: boolean; atMs: number } | null {
  if (!condition || isNegated || !/^start(_time)?$/i.test(condition.field) || !/^:?[<>]=?$/.test(condition.operator))
    return null;
  const atMs = instantOf(condition, nowMs);
  return atMs === null ? null : { isLower: condition.operator.includes(">"), atMs };
}

/** Days are left out: what lies after one begins with the next. */
function instantOf({ value }: Condition, nowMs: number): number | null {
  const text = plainValue(value).replace(/^"|"$/g, "");
  if (text.toLowerCase() === "now") return nowMs;
  const [, sign, count, unit = ""] = /^([-+])(\d+)([smhdw])$/.exec(text) ?? [];
  if (count) return nowMs + (sign === "-" ? -1 : 1) * Number(count) * (UNITS[unit] ?? 0);
  const atMs = /^\d{4}-\d\d-\d\dT\d\d:\d\d.*Z$/.test(text) ? Date.parse(text) : Number.NaN;
  return Number.isNaN(atMs) ? null : atMs;
}

/** By how much a figure has changed, in words; null where there is nothing to compare. */
export function changeOf(now: number | null, before: number | null, isShare: boolean): string | null {
  if (now === null || before === null) return null;
  if (isShare) return `${signed(now - before)} points`;
  if (before === 0) return now === 0 ? "±0%" : null;
  return `${signed((100 * (now - before)) / before)}%`;
}

function signed(value: number): string {
  const shown = Math.abs(value) >= 10 ? Math.round(value) : Number(value.toPrecision(2));
  return shown === 0 ? "±0" : `${shown > 0 ? "+" : "−"}${Math.abs(shown)}`;
}
