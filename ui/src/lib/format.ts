// Numbers and instants as people read them. Pure; the clock is an argument.

const whole = new Intl.NumberFormat("en-US");
const compact = new Intl.NumberFormat("en-US", { notation: "compact", maximumFractionDigits: 1 });

export function formatCount(value: number): string {
  return whole.format(value);
}

/** Of how many what: `3 traces`. */
export function formatAmount(count: number, { one, many }: { one: string; many: string }): string {
  return `${formatCount(count)} ${count === 1 ? one : many}`;
}

export function formatCompact(value: number): string {
  return value < 10_000 ? whole.format(value) : compact.format(value);
}

const BYTE_UNITS = ["B", "kB", "MB", "GB", "TB"] as const;

export function formatBytes(bytes: number): string {
  const shown = Number(bytes.toPrecision(3));
  const step = shown < 1_000 ? 0 : Math.min(BYTE_UNITS.length - 1, Math.floor(Math.log10(shown) / 3));
  return `${Number((shown / 1_000 ** step).toPrecision(3))} ${BYTE_UNITS[step]}`;
}

export function formatDuration(ms: number | null | undefined): string {
  if (ms === null || ms === undefined) return "";
  if (ms < 1) return `${Math.round(ms * 1000)} µs`;
  if (ms < 1000) return `${Math.round(ms)} ms`;
  if (ms < 59_995) return `${(ms / 1000).toFixed(2)} s`;
  const seconds = Math.round(ms / 1000);
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
  const minutes = Math.round(seconds / 60);
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

/** Small costs keep their leading digits: a call for $0.00012 must not read as free. */
export function formatCost(dollars: number | null | undefined): string {
  if (dollars === null || dollars === undefined) return "";
  if (dollars === 0) return "$0";
  if (dollars < 0.000_001) return "< $0.000001";
  if (dollars < 0.01) return `$${Number(dollars.toPrecision(2)).toFixed(6).replace(/0+$/, "")}`;
  if (dollars < 1) return `$${dollars.toFixed(3)}`;
  return `$${dollars.toLocaleString("en-US", { minimumFractionDigits: 2, maximumFractionDigits: 2 })}`;
}

export function formatScore(value: number): string {
  return Number.isInteger(value) ? String(value) : String(Number(value.toPrecision(3)));
}

export function formatRelative(iso: string, nowMs: number): string {
  const seconds = Math.round((nowMs - Date.parse(iso)) / 1000);
  if (Number.isNaN(seconds)) return "";
  if (seconds < -5) return formatInstant(iso);
  if (seconds < 5) return "just now";
  if (seconds < 60) return `${seconds} s ago`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ago`;
  if (seconds < 86_400) return `${Math.floor(seconds / 3600)} h ago`;
  if (seconds < 30 * 86_400) return `${Math.floor(seconds / 86_400)} d ago`;
  return new Date(iso).toLocaleDateString("en-GB", { day: "numeric", month: "short", year: "numeric" });
}

const two = (value: number) => String(value).padStart(2, "0");

/** Local time, sortable by eye, to the millisecond: `2026-11-23 14:05:09.120`. */
export function formatInstant(iso: string): string {
  const at = new Date(iso);
  if (Number.isNaN(at.getTime())) return iso;
  const date = `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}`;
  const time = `${two(at.getHours())}:${two(at.getMinutes())}:${two(at.getSeconds())}`;
  return `${date} ${time}.${String(at.getMilliseconds()).padStart(3, "0")}`;
}

/** The local day: `2026-11-23`. */
export const formatDay = (iso: string): string => formatInstant(iso).slice(0, 10);

/** For lists: the day is left out when it is today. */
export function formatListTime(iso: string, nowMs: number): string {
  const full = formatInstant(iso);
  const today = formatInstant(new Date(nowMs).toISOString()).slice(0, 10);
  return full.startsWith(today) ? full.slice(11, 19) : `${full.slice(5, 10)} ${full.slice(11, 19)}`;
}
