import type { DiffLine } from "@/components/DiffView";

const CONTEXT_LINES = 2;

/** Of a long comparison what changed, with a few kept lines around it, up to a bound. */
export function foldedLines(lines: readonly DiffLine[], linesMax: number): DiffLine[] {
  if (lines.length <= linesMax) return [...lines];
  const isNear = new Array<boolean>(lines.length).fill(false);
  for (const [at, { kind }] of lines.entries()) {
    if (kind !== "KEPT") isNear.fill(true, Math.max(0, at - CONTEXT_LINES), at + CONTEXT_LINES + 1);
  }
  return lines.filter((_, at) => isNear[at]).slice(0, linesMax);
}
