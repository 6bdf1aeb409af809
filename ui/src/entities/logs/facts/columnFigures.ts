// Which figure of a column stands beneath its head. Pure.
export const FIGURES = ["mean", "sum", "min", "p50", "p90", "p99", "max"] as const;

export type Figure = (typeof FIGURES)[number];

export type ChosenFigures = Readonly<Record<string, Figure>>;

export const isFigure = (name: unknown): name is Figure => FIGURES.some((known) => known === name);

export function parseChosenFigures(value: unknown): ChosenFigures | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  return Object.fromEntries(Object.entries(value).filter((entry): entry is [string, Figure] => isFigure(entry[1])));
}

/** What is asked of a field first: amounts are summed up, of times the middle tells more than a mean. */
export function figureOf(field: string, chosen: ChosenFigures): Figure {
  if (chosen[field]) return chosen[field];
  if (field === "cost" || field.startsWith("usage.")) return "sum";
  return field === "duration" || field === "ttft" ? "p50" : "mean";
}
