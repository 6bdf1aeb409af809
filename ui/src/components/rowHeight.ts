// How high the rows of a table are.

import { useStored } from "@/lib/storage";

export type RowHeight = "small" | "medium" | "large";

export const ROW_HEIGHT_LABELS: Record<RowHeight, string> = {
  small: "Low rows",
  medium: "Medium rows",
  large: "High rows",
};

export const parseRowHeight = (value: unknown): RowHeight | undefined =>
  value === "small" || value === "medium" || value === "large" ? value : undefined;

/** Of rows that are as high as what they show: so many lines of a text at most. */
const LINES: Record<RowHeight, number> = { small: 1, medium: 4, large: 16 };

/** The height of the rows of a table as this browser knows it, and how many `lines` of a text they show. */
export function useRowHeight(table: string) {
  const [height, onHeight] = useStored<RowHeight>(`${table}.height`, parseRowHeight, "medium");
  return { height, onHeight, lines: LINES[height] };
}
