import { readStored } from "@/lib/storage";

// Which columns are asked for, by their names alone: it is known before the table is.

const PATH = /^(input|output|metadata)[.[]\S*$/;

/** Of a column that shows a value within a body: `metadata.user.plan`. */
export const isPath = (id: string) => PATH.test(id) && !id.includes(",");

export function parseNames(value: unknown): string[] | undefined {
  if (!Array.isArray(value)) return undefined;
  return [...new Set(value.filter((id): id is string => typeof id === "string"))];
}

/** Where the columns of a kind are kept, in their order. */
export const orderKey = (kindId: string) => `${kindId}.order`;

/** What the rows must bring for some columns beside what all rows have. */
export type RowParts = { paths: string[]; withSpanScores: boolean; withExperiments: boolean };

export const SPAN_SCORES = "spanScores";
export const EXPERIMENTS = "experiments";

export const partsOf = (ids: readonly string[]): RowParts => ({
  paths: ids.filter(isPath),
  withSpanScores: ids.some((id) => id === SPAN_SCORES || id.startsWith("span_feedback.")),
  withExperiments: ids.includes(EXPERIMENTS),
});

export const partsAskedFor = (kindId: string, linked: string | undefined): RowParts =>
  partsOf(linked?.split(",") ?? readStored(orderKey(kindId), parseNames, []));
