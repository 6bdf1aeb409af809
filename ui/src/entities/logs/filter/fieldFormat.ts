// Figures of a field, as people read them and as a filter takes them. Pure.
import { formatCost, formatCount, formatDuration } from "@/lib/format";

const isDuration = (field: string) => field === "duration" || field === "ttft";

export function formatFigure(field: string, value: number): string {
  if (isDuration(field)) return formatDuration(value);
  if (field === "cost") return formatCost(value);
  const isWhole = Number.isInteger(value) || Math.abs(value) >= 1_000;
  return isWhole ? formatCount(Math.round(value)) : String(Number(value.toPrecision(4)));
}

export function unitOf(field: string): string | null {
  if (field.startsWith("usage.")) return "tokens";
  return field === "cost" ? "US dollars" : null;
}

export function figureText(field: string, value: number): string {
  const short = Number(value.toPrecision(4));
  return isDuration(field) ? `${short}ms` : String(short);
}
