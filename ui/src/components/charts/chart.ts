// What charts are drawn from, and how their times are written. Pure.

export type ChartPoint = { time: string; values: readonly (number | null)[] };
export type ChartSeries = { label: string; color: string; shape: "bar" | "line" };

export type TimeChartProps = {
  label: string;
  points: readonly ChartPoint[];
  series: readonly ChartSeries[];
  bucketSeconds: number;
  format: (value: number) => string;
  /** Without axes: what counts is the shape, and the tooltip tells the rest. */
  isSmall?: boolean;
  /** A stretch of time was pressed. */
  onChoose?: (time: string) => void;
};

const DAY = 86_400;
const WIDTHS = [1, 5, 15, 60, 300, 900, 1_800, 3_600, 3 * 3_600, 6 * 3_600, 12 * 3_600, DAY, 7 * DAY, 28 * DAY];

/** The width of a bucket that cuts the time into no more than so many, and where the first begins. */
export function bucketsOf(fromMs: number, toMs: number, bucketsMax: number): { seconds: number; fromMs: number } {
  const wanted = (toMs - fromMs) / 1_000 / bucketsMax;
  const seconds = WIDTHS.find((width) => width >= wanted) ?? Math.ceil(wanted / DAY) * DAY;
  const stepMs = seconds * 1_000;
  return { seconds, fromMs: Math.floor(fromMs / stepMs) * stepMs };
}

export function widthName(seconds: number): string {
  if (seconds % DAY === 0) return seconds === DAY ? "day" : `${seconds / DAY} days`;
  if (seconds % 3_600 === 0) return seconds === 3_600 ? "hour" : `${seconds / 3_600} hours`;
  if (seconds % 60 === 0) return seconds === 60 ? "minute" : `${seconds / 60} minutes`;
  return seconds === 1 ? "second" : `${seconds} seconds`;
}

const day = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short" });
const minute = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit" });
const second = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit", second: "2-digit" });

export function formatTick(time: string, seconds: number): string {
  const at = new Date(time);
  if (seconds >= DAY) return day.format(at);
  if (seconds >= 3_600) return `${day.format(at)}, ${minute.format(at)}`;
  return seconds >= 60 ? minute.format(at) : second.format(at);
}

/** From when to when a bucket goes, as the clock of this place has it. */
export function formatBucket(time: string, seconds: number): string {
  const from = new Date(time);
  const to = new Date(from.getTime() + seconds * 1_000);
  if (seconds >= DAY) {
    const last = new Date(to.getTime() - 1);
    return day.format(from) === day.format(last) ? day.format(from) : `${day.format(from)} – ${day.format(last)}`;
  }
  const clock = seconds >= 60 ? minute : second;
  return `${day.format(from)}, ${clock.format(from)} – ${clock.format(to)}`;
}

/** Nothing is nothing in every unit. */
export const formatMark = (format: (value: number) => string) => (value: number) => (value === 0 ? "0" : format(value));

/** As in "Europe/Berlin": times on charts are those of this place. */
export const timeZoneName = () => Intl.DateTimeFormat().resolvedOptions().timeZone;

const COLORS = ["var(--accent)", "var(--kind-llm)", "var(--kind-tool)", "var(--warn)", "var(--ok)", "var(--ink-muted)"];

/** The colour of a series by its place. */
export const colorOf = (at: number) => COLORS[at % COLORS.length] ?? "var(--accent)";
