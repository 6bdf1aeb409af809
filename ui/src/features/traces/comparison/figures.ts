import { formatCost, formatCount, formatDuration, formatScore } from "@/lib/format";

// What a thing comes to on both sides, and by how much and in which sense the right differs. Pure.

export type Verdict = "better" | "worse" | "neither";

export type Figure = {
  label: string;
  left: string;
  right: string;
  /** With sign and unit; empty where there is nothing to subtract or no difference. */
  difference: string;
  /** What share of the left it is, with sign; empty where that says nothing. */
  share: string;
  verdict: Verdict;
};

type Measure = {
  label: string;
  left: number | null | undefined;
  right: number | null | undefined;
  format: (value: number) => string;
  /** Which is the better one. Neither: it is only another number. */
  wanted: "more" | "less" | "neither";
  /** Of amounts, where a tenth more says something; not of scores. */
  hasShare?: boolean;
};

const NOTHING = "–";
/** Sums of costs are not exact. */
const NOISE = 1e-12;

export function figure({ label, left, right, format, wanted, hasShare = false }: Measure): Figure {
  const said = (value: number | null | undefined) => (value == null ? NOTHING : format(value) || NOTHING);
  const base: Figure = { label, left: said(left), right: said(right), difference: "", share: "", verdict: "neither" };
  if (left == null || right == null) return base;
  const difference = right - left;
  if (Math.abs(difference) < NOISE) return { ...base, difference: "no difference" };
  const sign = difference > 0 ? "+" : "−";
  const percent = Math.round((100 * Math.abs(difference)) / Math.abs(left));
  const isMore = difference > 0;
  return {
    ...base,
    difference: `${sign}${format(Math.abs(difference))}`,
    share: hasShare && left !== 0 && percent > 0 ? `${sign}${formatCount(percent)}%` : "",
    verdict: wanted === "neither" ? "neither" : isMore === (wanted === "more") ? "better" : "worse",
  };
}

type Amounts = {
  endTime?: string | null;
  durationMs?: number | null;
  totalTokens?: number | null;
  cost?: number | null;
};

/** A duration is one when it has ended. */
const durationOf = (side: Amounts | null) => (side?.endTime ? side.durationMs : null);

export function amounts(left: Amounts | null, right: Amounts | null): Figure[] {
  const amount = { wanted: "less" as const, hasShare: true };
  return [
    { ...amount, label: "Duration", left: durationOf(left), right: durationOf(right), format: formatDuration },
    { ...amount, label: "Cost", left: left?.cost, right: right?.cost, format: formatCost },
    {
      ...amount,
      label: "Tokens",
      left: left?.totalTokens,
      right: right?.totalTokens,
      format: formatCount,
      wanted: "neither" as const,
    },
  ].map(figure);
}

type Scores = readonly { name: string; value: number }[];

/** Scores are taken to be better the higher they are. */
export function scoreFigures(left: Scores, right: Scores): Figure[] {
  const names = [...new Set([...left, ...right].map(({ name }) => name))].sort();
  const given = (scores: Scores, wanted: string) => scores.find(({ name }) => name === wanted)?.value;
  return names.map((name) =>
    figure({
      label: name,
      left: given(left, name),
      right: given(right, name),
      format: formatScore,
      wanted: "more",
    }),
  );
}
