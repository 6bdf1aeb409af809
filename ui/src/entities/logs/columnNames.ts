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

/** The paths whose values the rows of a kind must bring. */
export const pathsAskedFor = (kindId: string, linked: string | undefined): string[] =>
  (linked?.split(",") ?? readStored(orderKey(kindId), parseNames, [])).filter(isPath);
