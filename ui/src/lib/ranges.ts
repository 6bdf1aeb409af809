// How far back one looks. Pure.

export type Range = { id: string; label: string; ms: number };

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

export const RANGES: readonly Range[] = [
  { id: "1h", label: "Hour", ms: HOUR },
  { id: "24h", label: "Day", ms: DAY },
  { id: "7d", label: "Week", ms: 7 * DAY },
  { id: "30d", label: "30 days", ms: 30 * DAY },
  { id: "90d", label: "90 days", ms: 90 * DAY },
];

export const DEFAULT_RANGE = "7d";

export function rangeOf(id: string | undefined): Range {
  const found = RANGES.find((range) => range.id === id) ?? RANGES.find((range) => range.id === DEFAULT_RANGE);
  if (!found) throw new Error("there is no default range");
  return found;
}
