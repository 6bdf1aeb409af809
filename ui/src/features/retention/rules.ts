import type { RetentionPeriod } from "@/gql/graphql";

// How long traces are kept, and what that comes to.

const DAY_MS = 24 * 3_600_000;

export const PERIODS: readonly { id: RetentionPeriod; label: string; days: number | null }[] = [
  { id: "SHORT", label: "14 days", days: 14 },
  { id: "BASE", label: "60 days", days: 60 },
  { id: "EXTENDED", label: "400 days", days: 400 },
  { id: "UNLIMITED", label: "for ever", days: null },
];

const periodOf = (period: RetentionPeriod) => PERIODS.find(({ id }) => id === period);

export const periodLabel = (period: RetentionPeriod): string => periodOf(period)?.label ?? period;

/** What started before this instant is too old; null where nothing ever is. */
export function keptSince(period: RetentionPeriod, nowMs: number): number | null {
  const days = periodOf(period)?.days ?? null;
  return days === null ? null : nowMs - days * DAY_MS;
}

/** When the first trace goes that starts at this instant. */
export function goesAt(period: RetentionPeriod, startMs: number): number | null {
  const days = periodOf(period)?.days ?? null;
  return days === null ? null : startMs + days * DAY_MS;
}

type Place = { project: string | null; environment: string | null; isOfOrganization?: boolean };

/** Of which traces a rule speaks: `shop, in production`. */
export function placeLabel({ project, environment, isOfOrganization = false }: Place): string {
  if (isOfOrganization) return "The whole server";
  return `${project ?? "All projects"}${environment === null ? "" : `, in ${environment}`}`;
}

type Rule = { period: RetentionPeriod; applyToPast: boolean; createdAt: string };

/** What a rule deletes, in words. */
export function effectOf({ period, applyToPast, createdAt }: Rule, nowMs: number, day: (ms: number) => string): string {
  const since = keptSince(period, nowMs);
  const madeAt = Date.parse(createdAt);
  if (since === null) return "nothing";
  if (applyToPast) return `traces that started before ${day(since)}`;
  if (since > madeAt) return `traces that started from ${day(madeAt)} to ${day(since)}`;
  return `nothing until ${day(goesAt(period, madeAt) ?? nowMs)}; what started before ${day(madeAt)} stays`;
}
