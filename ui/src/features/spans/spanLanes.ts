import { endOf, type SpanNode, type TimeRange, type TreeSpan } from "@/features/spans/spanTree";

// A flame chart: every span below its parent, and spans that run at the same time below each other. Pure.

export type LaidSpan<T extends TreeSpan> = {
  span: T;
  parentId: string | null;
  depth: number;
  lane: number;
  startMs: number;
  endMs: number;
};

type Waiting<T extends TreeSpan> = Omit<LaidSpan<T>, "lane"> & { order: number; fromMs: number };

/** By time; each in the first lane below its parent that is free when it starts. */
export function layLanes<T extends TreeSpan>(roots: readonly SpanNode<T>[], range: TimeRange): LaidSpan<T>[] {
  const waiting = inOrder(roots, range).sort((a, b) => a.fromMs - b.fromMs || a.order - b.order);
  const lanes = new Map<string, number>();
  const freeFrom: number[] = [];
  return waiting.map(({ fromMs, order, ...bar }) => {
    let lane = bar.parentId === null ? 0 : (lanes.get(bar.parentId) ?? -1) + 1;
    while ((freeFrom[lane] ?? Number.NEGATIVE_INFINITY) > fromMs) lane += 1;
    freeFrom[lane] = Math.max(fromMs, bar.endMs);
    lanes.set(bar.span.id, lane);
    return { ...bar, lane };
  });
}

/** Parents before their children, and none earlier than its parent: clocks of several machines differ. */
function inOrder<T extends TreeSpan>(roots: readonly SpanNode<T>[], range: TimeRange): Waiting<T>[] {
  const found: Waiting<T>[] = [];
  const stack = roots.map((node) => ({ node, parentId: null as string | null, depth: 0, notBeforeMs: 0 })).reverse();
  for (let entry = stack.pop(); entry; entry = stack.pop()) {
    const { node, parentId, depth, notBeforeMs } = entry;
    const startMs = Date.parse(node.span.startTime);
    const fromMs = Math.max(startMs, notBeforeMs);
    const endMs = Math.max(startMs, endOf(node.span, range));
    found.push({ span: node.span, parentId, depth, startMs, endMs, fromMs, order: found.length });
    for (const child of node.children.toReversed()) {
      stack.push({ node: child, parentId: node.span.id, depth: depth + 1, notBeforeMs: fromMs });
    }
  }
  return found;
}

/** Narrower than this part of the width, neighbours in a lane are one bar to the eye. */
const STEPS = 800;

/** The bars of each lane that fall into the range; of those on the same spot only the first, or the one to keep. */
export function barsOfLanes<T extends TreeSpan>(
  laid: readonly LaidSpan<T>[],
  range: TimeRange,
  keepId: string | null,
): LaidSpan<T>[][] {
  const lanes: LaidSpan<T>[][] = [];
  const drawn = new Set<number>();
  const scale = STEPS / (range.endMs - range.startMs);
  for (const bar of laid) {
    lanes[bar.lane] ??= [];
    if (bar.endMs < range.startMs || bar.startMs > range.endMs) continue;
    const from = Math.floor((bar.startMs - range.startMs) * scale);
    const isNarrow = (bar.endMs - bar.startMs) * scale < 1;
    const spot = bar.lane * (STEPS + 1) + from;
    if (isNarrow && drawn.has(spot) && bar.span.id !== keepId) continue;
    if (isNarrow) drawn.add(spot);
    lanes[bar.lane]?.push(bar);
  }
  return Array.from(lanes, (bars) => bars ?? []);
}
