import type { Moment } from "@/features/history/moment";

// Where a moment stands among the changes of a history, oldest first. Pure.

type Step = { position: string };

/** The last change until then; of a moment before all of them, the first. Behind the last stands now. */
export function indexOfMoment(steps: readonly Step[], moment: Moment): number {
  if (moment === "changes") return steps.length;
  const position = BigInt(moment);
  return Math.max(
    0,
    steps.findLastIndex((step) => BigInt(step.position) <= position),
  );
}
