// What of experiments is put side by side, in which order, and how it is written. Pure: the server compares.
import type { ComparisonFocus, ComparisonOutcome } from "@/gql/graphql";
import { formatCost, formatCount, formatDuration, formatScore } from "@/lib/format";

export type ComparisonSearch = {
  /** Absent: what each made of the items. */
  tab?: string | undefined;
  /** By what the items are in order. */
  measure?: string | undefined;
  /** The experiment whose values count. */
  against?: string | undefined;
  order?: string | undefined;
  /** By which column the items are in order instead. */
  sort?: string | undefined;
  change?: string | undefined;
  item?: string | undefined;
  /** Which items are shown. */
  filter?: string | undefined;
  /** `radar`: the scores on the charts around a centre. */
  scores?: string | undefined;
  /** Of the configuration only what differs. */
  differing?: string | undefined;
};

export type Interval = { low: number; high: number };

export type Measured = {
  measure: string;
  isBetterLower: boolean;
  mean?: number | null;
  difference?: number | null;
  differenceInterval?: Interval | null;
  improvedCount: number;
  regressedCount: number;
  unchangedCount: number;
};

/** The name of a measure as people say it. */
export function labelOf(measure: string): string {
  const [kind = "", name] = splitOnce(measure, ".");
  if (name === undefined) return measure === "total_estimated_cost" ? "cost" : measure;
  return kind === "usage" ? name.replaceAll("_", " ") : name;
}

export function unitOf(measure: string): string | null {
  if (measure === "duration") return "ms";
  if (measure === "total_estimated_cost") return "US dollars";
  return null;
}

export function formatMeasure(measure: string, value: number): string {
  if (measure === "duration") return formatDuration(value);
  if (measure === "total_estimated_cost") return formatCost(value);
  if (measure === "assertions") return `${formatScore(100 * value)}%`;
  if (measure.startsWith("usage.")) return formatCount(Math.round(value));
  return formatScore(value);
}

export function formatSigned(measure: string, value: number): string {
  const sign = value > 0 ? "+" : value < 0 ? "−" : "±";
  return `${sign}${formatMeasure(measure, Math.abs(value))}`;
}

/** Half the width of an interval, which lies evenly around its middle. */
export const marginOf = ({ low, high }: Interval) => (high - low) / 2;

/** Whether a difference is more than chance would make it. */
export const isClear = (interval: Interval | null | undefined) =>
  interval != null && (interval.low > 0 || interval.high < 0);

export function outcomeOf({ difference, isBetterLower }: Pick<Measured, "difference" | "isBetterLower">) {
  if (difference == null || difference === 0) return undefined;
  return difference > 0 === isBetterLower ? "regressed" : "improved";
}

/** Figures that are looked at first; what providers count beside them is asked for. */
export const isUsual = (measure: string) =>
  !measure.startsWith("usage.") ||
  ["usage.total_tokens", "usage.prompt_tokens", "usage.completion_tokens"].includes(measure);

/** The measure by which most items fell, scores before all else, since that is what one wants to know first. */
export function worstMeasure(measures: readonly Measured[]): string | undefined {
  const judged = measures.filter(({ isBetterLower }) => !isBetterLower);
  const candidates = judged.length > 0 ? judged : measures;
  return candidates.toSorted((one, other) => other.regressedCount - one.regressedCount)[0]?.measure;
}

export const ORDERS = [
  { id: "falls", label: "Largest fall first" },
  { id: "gains", label: "Largest gain first" },
  { id: "lowest", label: "Lowest first" },
  { id: "highest", label: "Highest first" },
  { id: "newest", label: "Newest first" },
] as const;

export type Order = (typeof ORDERS)[number]["id"];

/** Against a baseline all orders but the newest, which could not be narrowed to what fell; alone, those of values. */
export function ordersOf(isCompared: boolean) {
  return ORDERS.filter(({ id }) => (isCompared ? id !== "newest" : id !== "falls" && id !== "gains"));
}

export const CHANGES = [
  { id: "regressed", word: "regressed", outcome: "REGRESSED" },
  { id: "improved", word: "improved", outcome: "IMPROVED" },
  { id: "same", word: "the same", outcome: "UNCHANGED" },
] as const satisfies readonly { id: string; word: string; outcome: ComparisonOutcome }[];

export type ComparedLike = { experiment: { id: string }; measures: readonly Measured[] };

/** What is looked at: a measure of one experiment, and in which order. */
export type Looked = { measure: Measured; against: string; order: Order; change: (typeof CHANGES)[number] | undefined };

/** What the address asks for, as far as it makes sense for these experiments. Null where there is nothing to measure. */
export function lookedOf(experiments: readonly ComparedLike[], search: ComparisonSearch): Looked | null {
  const isCompared = experiments.length > 1;
  const others = isCompared ? experiments.slice(1) : experiments;
  const column = others.find(({ experiment }) => experiment.id === search.against) ?? others[0];
  if (!column) return null;
  const wanted = search.measure ?? worstMeasure(column.measures);
  const measure = column.measures.find((each) => each.measure === wanted) ?? column.measures[0];
  if (!measure) return null;
  const orders = ordersOf(isCompared);
  const order = orders.find(({ id }) => id === search.order)?.id ?? (isCompared ? "falls" : "newest");
  const change = isCompared ? CHANGES.find(({ id }) => id === search.change) : undefined;
  return { measure, against: column.experiment.id, order, change };
}

export function focusOf(looked: Looked | null): ComparisonFocus | null {
  if (!looked || looked.order === "newest") return null;
  const { measure, against, order, change } = looked;
  const byDifference = order === "falls" || order === "gains";
  // What fell in a measure of which less is better has grown.
  const isAscending = byDifference ? (order === "falls") !== measure.isBetterLower : order === "lowest";
  return {
    measure: measure.measure,
    experimentId: against,
    byDifference,
    direction: isAscending ? "ASC" : "DESC",
    outcome: change?.outcome ?? null,
  };
}

function splitOnce(text: string, sign: string): [string, string | undefined] {
  const at = text.indexOf(sign);
  return at < 0 ? [text, undefined] : [text.slice(0, at), text.slice(at + 1)];
}
