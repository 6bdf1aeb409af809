import type { StatisticsEntity } from "@/gql/graphql";
import { formatCompact, formatCost, formatDuration, formatScore } from "@/lib/format";

// Which figures a widget can show: by the names that the published clients have for them, what is asked of the server
// for each, and how it is written. Pure.

export type Figure = "count" | "sum" | "mean" | "p50" | "p90" | "p99" | "share";

export type Metric = {
  id: string;
  label: string;
  entity: StatisticsEntity;
  /** Absent: the things themselves are counted. */
  measures: readonly { measure: string; figure: Figure; label: string }[];
  shape: "bar" | "line";
} & Written;

/** How a value is written for people, and what a plain number in a file is. */
type Written = { format: (value: number) => string; unit: string };

const percent = (value: number) => `${formatScore(value * 100)} %`;
const COUNT: Written = { format: formatCompact, unit: "count" };
const TOKENS: Written = { format: formatCompact, unit: "tokens" };
const DURATION: Written = { format: formatDuration, unit: "milliseconds" };
const COST: Written = { format: formatCost, unit: "US dollars" };
const SHARE: Written = { format: percent, unit: "part of 1" };
const MEAN: Written = { format: formatScore, unit: "mean" };
const count = { shape: "bar", ...COUNT, measures: [] } as const;
const percentiles = (figures: readonly Figure[]) =>
  figures.map((figure) => ({ measure: "duration", figure, label: figure === "mean" ? "mean" : figure }));
const one = (measure: string, figure: Figure, label: string) => [{ measure, figure, label }];
const tokens = ["total", "prompt", "completion"].map((part) => ({
  measure: `usage.${part}_tokens`,
  figure: "sum" as const,
  label: part,
}));

const OVER_TIME: readonly Metric[] = [
  { id: "TRACE_COUNT", label: "Traces", entity: "TRACE", ...count },
  { id: "SPAN_COUNT", label: "Spans", entity: "SPAN", ...count },
  {
    id: "DURATION",
    label: "Duration of traces",
    entity: "TRACE",
    measures: percentiles(["p50", "p90", "p99"]),
    ...DURATION,
    shape: "line",
  },
  {
    id: "SPAN_DURATION",
    label: "Duration of spans",
    entity: "SPAN",
    measures: percentiles(["p50", "p90", "p99"]),
    ...DURATION,
    shape: "line",
  },
  {
    id: "TRACE_AVERAGE_DURATION",
    label: "Mean duration of traces",
    entity: "TRACE",
    measures: percentiles(["mean"]),
    ...DURATION,
    shape: "line",
  },
  {
    id: "SPAN_AVERAGE_DURATION",
    label: "Mean duration of spans",
    entity: "SPAN",
    measures: percentiles(["mean"]),
    ...DURATION,
    shape: "line",
  },
  {
    id: "COST",
    label: "Cost",
    entity: "TRACE",
    measures: one("cost", "sum", "cost"),
    ...COST,
    shape: "bar",
  },
  {
    id: "TOKEN_USAGE",
    label: "Tokens of traces",
    entity: "TRACE",
    measures: tokens,
    ...TOKENS,
    shape: "bar",
  },
  {
    id: "SPAN_TOKEN_USAGE",
    label: "Tokens of spans",
    entity: "SPAN",
    measures: tokens,
    ...TOKENS,
    shape: "bar",
  },
  {
    id: "TRACE_ERROR_RATE",
    label: "Failed traces, in percent",
    entity: "TRACE",
    measures: one("error", "share", "failed"),
    ...SHARE,
    shape: "line",
  },
  {
    id: "SPAN_ERROR_RATE",
    label: "Failed spans, in percent",
    entity: "SPAN",
    measures: one("error", "share", "failed"),
    ...SHARE,
    shape: "line",
  },
  {
    id: "FEEDBACK_SCORES",
    label: "Scores of traces",
    entity: "TRACE",
    measures: [],
    ...MEAN,
    shape: "line",
  },
  {
    id: "SPAN_FEEDBACK_SCORES",
    label: "Scores of spans",
    entity: "SPAN",
    measures: [],
    ...MEAN,
    shape: "line",
  },
];

export const METRICS = OVER_TIME;
export const isOfScores = (id: string) => id.endsWith("FEEDBACK_SCORES");

/** Undefined for what this page cannot show. Of scores, those that are named. */
export function metricOf(id: string, scores: readonly string[]): Metric | undefined {
  const metric = OVER_TIME.find((each) => each.id === id);
  if (!metric || !isOfScores(id)) return metric;
  return { ...metric, measures: scores.map((name) => ({ measure: `feedback.${name}`, figure: "mean", label: name })) };
}

type Single = { id: string; label: string; measure: string | null; figure: Figure } & Written;

export const SINGLES: readonly Single[] = [
  { id: "trace_count", label: "How many", measure: null, figure: "count", ...COUNT },
  { id: "error_count", label: "How many failed", measure: "error", figure: "count", ...COUNT },
  { id: "error_rate", label: "Part that failed", measure: "error", figure: "share", ...SHARE },
  { id: "duration.p50", label: "Duration, p50", measure: "duration", figure: "p50", ...DURATION },
  { id: "duration.p90", label: "Duration, p90", measure: "duration", figure: "p90", ...DURATION },
  { id: "duration.p99", label: "Duration, p99", measure: "duration", figure: "p99", ...DURATION },
  { id: "total_estimated_cost_sum", label: "Cost in all", measure: "cost", figure: "sum", ...COST },
  { id: "total_estimated_cost", label: "Cost of each", measure: "cost", figure: "mean", ...COST },
  {
    id: "usage.total_tokens",
    label: "Tokens of each",
    measure: "usage.total_tokens",
    figure: "mean",
    ...TOKENS,
  },
  {
    id: "usage.prompt_tokens",
    label: "Tokens given to each",
    measure: "usage.prompt_tokens",
    figure: "mean",
    ...TOKENS,
  },
  {
    id: "usage.completion_tokens",
    label: "Tokens answered by each",
    measure: "usage.completion_tokens",
    figure: "mean",
    ...TOKENS,
  },
  { id: "span_count", label: "Spans of each trace", measure: "span_count", figure: "mean", ...MEAN },
  {
    id: "llm_span_count",
    label: "LLM calls of each trace",
    measure: "llm_span_count",
    figure: "mean",
    ...MEAN,
  },
];

const SCORE = "feedback_scores.";
export const singleOfScore = (name: string) => `${SCORE}${name}`;

export function singleOf(id: string): Single | undefined {
  if (id.startsWith(SCORE)) {
    const name = id.slice(SCORE.length);
    return { id, label: name, measure: `feedback.${name}`, figure: "mean", ...MEAN };
  }
  return SINGLES.find((single) => single.id === id);
}

export const GROUPINGS = [
  { id: "none", label: "Nothing" },
  { id: "name", label: "Name" },
  { id: "model", label: "Model (of spans)" },
  { id: "provider", label: "Provider (of spans)" },
  { id: "type", label: "Type (of spans)" },
  { id: "tags", label: "Tag" },
  { id: "environment", label: "Environment" },
  { id: "error_type", label: "Type of error" },
  { id: "metadata", label: "A key of the metadata" },
] as const;

/** The field that the server groups by. */
export function groupField(breakdown: unknown): string | null {
  const { field, metadataKey } = (breakdown ?? {}) as { field?: unknown; metadataKey?: unknown };
  if (typeof field !== "string" || field === "none") return null;
  if (field === "metadata") return typeof metadataKey === "string" && metadataKey ? `metadata.${metadataKey}` : null;
  return field === "error_info" ? "error_type" : field;
}
