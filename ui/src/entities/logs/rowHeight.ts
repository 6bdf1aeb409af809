// How high the rows of the table are, and how many lines of a text they show.

export type RowHeight = "small" | "medium" | "large";

export const ROW_HEIGHTS: Record<RowHeight, { label: string; px: number; lines: number }> = {
  small: { label: "Low rows", px: 35, lines: 1 },
  medium: { label: "Medium rows", px: 59, lines: 2 },
  large: { label: "High rows", px: 107, lines: 5 },
};

export const parseRowHeight = (value: unknown): RowHeight | undefined =>
  value === "small" || value === "medium" || value === "large" ? value : undefined;
