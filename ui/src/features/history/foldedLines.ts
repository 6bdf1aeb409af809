import type { DiffLine } from "@/components/DiffView";

const CONTEXT_LINES = 2;
export const LINES_SHOWN = 12;

/** Of a long comparison what changed, with a few kept lines around it, up to a bound. */
export function foldedLines(lines: readonly DiffLine[]): DiffLine[] {
  if (lines.length <= LINES_SHOWN) return [...lines];
  const near = (at: number) =>
    lines.slice(Math.max(0, at - CONTEXT_LINES), at + CONTEXT_LINES + 1).some(({ kind }) => kind !== "KEPT");
  return lines.filter((_, at) => near(at)).slice(0, LINES_SHOWN);
}
