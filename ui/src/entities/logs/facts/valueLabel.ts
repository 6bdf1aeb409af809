import { formatFigure } from "@/entities/logs/filter/fieldFormat";

type Valued = { value?: string | null; from?: number | null; to?: number | null };

/** A text as it is, a range from its first to its last number. */
export function valueLabel(field: string, { value, from, to }: Valued): string {
  if (value != null) return value === "" ? '""' : value;
  const [low, high] = [formatFigure(field, from ?? 0), formatFigure(field, to ?? 0)];
  return low === high ? low : `${low} – ${high}`;
}
