import type { TimeRange } from "@/features/spans/spanTree";

const TICKS_WANTED = 4;
const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;
const ROUND_STEPS = [MINUTE_MS, 2 * MINUTE_MS, 5 * MINUTE_MS, 10 * MINUTE_MS, 30 * MINUTE_MS, HOUR_MS, 6 * HOUR_MS];

export type Tick = { offsetMs: number; left: number };

/** Round times, counted from the start of the trace, with their place in the shown range in per cent. */
export function ticksOf(shown: TimeRange, startMs: number): Tick[] {
  const total = shown.endMs - shown.startMs;
  const step = roundStep(total / TICKS_WANTED);
  const from = shown.startMs - startMs;
  const ticks: Tick[] = [];
  for (let count = Math.ceil(from / step); count * step <= from + total; count += 1) {
    ticks.push({ offsetMs: count * step, left: ((count * step - from) / total) * 100 });
  }
  return ticks;
}

function roundStep(least: number): number {
  if (least > 20_000) {
    const rounded = ROUND_STEPS.find((step) => step >= least);
    if (rounded) return rounded;
  }
  const power = 10 ** Math.floor(Math.log10(least));
  return power * ([1, 2, 5].find((factor) => factor * power >= least) ?? 10);
}
