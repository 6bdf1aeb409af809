// By which values the selected differ from the rest, put together by field. Pure.
import { readFilter } from "@/entities/logs/filter/readFilter";

export type DifferingValue = {
  field: string;
  value?: string | null;
  from?: number | null;
  to?: number | null;
  filter: string;
  selected: number;
  rest: number;
  difference: number;
  atLeast: number;
};

export type DifferingField = {
  field: string;
  /** By how much its shares differ surely; 0 where it may be chance. */
  atLeast: number;
  values: readonly DifferingValue[];
};

/** The surest first. A field that the selection itself asks for tells nothing, nor does one that is the same in both. */
export function differingFields(values: readonly DifferingValue[], selection: string): DifferingField[] {
  const asked = new Set(fieldsOf(selection));
  const fields = new Map<string, DifferingValue[]>();
  for (const value of values) {
    // That failures have a kind of error is no news either.
    if (asked.has(value.field) || (asked.has("error") && value.field === "error_type")) continue;
    fields.set(value.field, [...(fields.get(value.field) ?? []), value]);
  }
  return [...fields]
    .filter(([, differing]) => differing.some(({ difference }) => difference !== 0))
    .map(([field, differing]) => ({
      field,
      atLeast: Math.max(...differing.map(({ atLeast }) => atLeast)),
      values: inOrder(differing),
    }));
}

/** Ranges as they follow one another, texts by how much they differ. */
function inOrder(values: readonly DifferingValue[]): DifferingValue[] {
  return [...values].sort((a, b) =>
    a.from != null && b.from != null ? a.from - b.from : Math.abs(b.difference) - Math.abs(a.difference),
  );
}

function fieldsOf(selection: string): string[] {
  const read = readFilter(selection);
  const terms = "terms" in read ? read.terms : [];
  return terms.flatMap(({ condition }) => condition?.field ?? []);
}

export const SELECTED_MAX = 100;

/** The chosen rows as a filter. */
export function selectionOf(ids: readonly string[]): string {
  return `id in (${ids.join(", ")})`;
}
