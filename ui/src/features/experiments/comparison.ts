// Experiments side by side: what the first one says is the measure of the others. Pure.

export type Outcome = {
  traceId: string;
  output: string | null;
  scores: ReadonlyMap<string, number>;
  durationMs: number | null;
  cost: number | null;
  hasFailed: boolean;
};

/** What each experiment made of one item of the dataset; several outcomes where it was run several times. */
export type ItemRow = { itemId: string; data: string | null; outcomes: readonly (readonly Outcome[])[] };

export function mean(values: readonly number[]): number | null {
  return values.length === 0 ? null : values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** The mean of a figure over the runs of an item, by experiment. */
export function figureOf(
  outcomes: readonly Outcome[] | undefined,
  read: (outcome: Outcome) => number | null,
): number | null {
  return mean((outcomes ?? []).flatMap((outcome) => read(outcome) ?? []));
}

export type Comparison = {
  /** Means over the items that both have. */
  baseline: number;
  value: number;
  difference: number;
  /** Half the width of the interval in which the true difference lies with 95 percent; null for a single item. */
  margin: number | null;
  /** How many items both have. */
  count: number;
};

/** Pairs of the same items: what differs between items says nothing about the experiments. */
export function compare(pairs: readonly (readonly [baseline: number, value: number])[]): Comparison | null {
  const baseline = mean(pairs.map(([one]) => one));
  const value = mean(pairs.map(([, other]) => other));
  if (baseline === null || value === null) return null;
  const differences = pairs.map(([one, other]) => other - one);
  const difference = mean(differences) ?? 0;
  const count = pairs.length;
  if (count < 2) return { baseline, value, difference, margin: null, count };
  const squares = differences.reduce((sum, each) => sum + (each - difference) ** 2, 0);
  const error = Math.sqrt(squares / (count - 1) / count);
  return { baseline, value, difference, margin: quantile(count - 1) * error, count };
}

/** Whether a difference is more than chance would make it. */
export function isClear({ difference, margin }: Comparison): boolean {
  return margin !== null && Math.abs(difference) > margin;
}

const QUANTILES = [
  12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228, 2.201, 2.179, 2.16, 2.145, 2.131, 2.12, 2.11,
  2.101, 2.093, 2.086, 2.08, 2.074, 2.069, 2.064, 2.06, 2.056, 2.052, 2.048, 2.045, 2.042,
];

/** Student's t for 97.5 percent: exact up to 30 degrees of freedom, beyond by the first term of its expansion. */
function quantile(degrees: number): number {
  const normal = 1.959964;
  return QUANTILES[degrees - 1] ?? normal + (normal ** 3 + normal) / (4 * degrees);
}

export type Change = "regressed" | "improved" | "same" | "unknown";

export type Ranked = { row: ItemRow; difference: number | null; change: Change };

/** The items by how much a score fell in any experiment beside the first, the largest fall first. */
export function rank(rows: readonly ItemRow[], score: string | null): Ranked[] {
  const ranked = rows.map((row): Ranked => {
    const difference = score === null ? null : worstDifference(row, score);
    if (difference === null) return { row, difference, change: "unknown" };
    return { row, difference, change: difference < 0 ? "regressed" : difference > 0 ? "improved" : "same" };
  });
  return ranked.sort((one, other) => (one.difference ?? Infinity) - (other.difference ?? Infinity));
}

/** The score by which most items fell, since that is what one wants to know first. */
export function worstScore(rows: readonly ItemRow[], scores: readonly string[]): string | null {
  const falls = scores.map((score) => rank(rows, score).filter(({ change }) => change === "regressed").length);
  return scores[falls.indexOf(Math.max(...falls))] ?? null;
}

function worstDifference({ outcomes }: ItemRow, score: string): number | null {
  const [baseline, ...others] = outcomes.map((each) => figureOf(each, ({ scores }) => scores.get(score) ?? null));
  const differences = others.flatMap((value) => (value === null || baseline == null ? [] : [value - baseline]));
  const falls = differences.filter((difference) => difference < 0);
  if (falls.length > 0) return Math.min(...falls);
  return differences.length === 0 ? null : Math.max(...differences);
}

/** The pairs of a figure between the first experiment and another. */
export function pairsOf(
  rows: readonly ItemRow[],
  at: number,
  read: (outcome: Outcome) => number | null,
): (readonly [number, number])[] {
  return rows.flatMap(({ outcomes }) => {
    const [baseline, value] = [figureOf(outcomes[0], read), figureOf(outcomes[at], read)];
    return baseline === null || value === null ? [] : [[baseline, value] as const];
  });
}
