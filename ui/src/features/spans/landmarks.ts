import type { SpanNode, TreeSpan } from "@/features/spans/spanTree";

// The few spans of a long trace that one wants to look at first. Pure, one walk over the tree.

type MeasuredSpan = TreeSpan & { durationMs?: number | null; cost?: number | null; error?: object | null };

export type Landmarks<T> = {
  /** The first of them. */
  errors: { span: T }[];
  errorCount: number;
  /** By the time that none of their children accounts for. */
  slowest: { span: T; selfMs: number }[];
  dearest: { span: T; cost: number }[];
};

const ERRORS_MAX = 10;
const OTHERS_MAX = 5;

export function landmarksOf<T extends MeasuredSpan>(roots: readonly SpanNode<T>[]): Landmarks<T> {
  const nodes: SpanNode<T>[] = [];
  const stack = [...roots];
  for (let node = stack.pop(); node; node = stack.pop()) {
    nodes.push(node);
    stack.push(...node.children);
  }
  const errors = nodes.filter(({ span }) => span.error).map(({ span }) => ({ span }));
  const slowest = nodes
    .map((node) => ({ span: node.span, selfMs: selfMs(node) }))
    .filter((entry) => entry.selfMs > 0)
    .sort((a, b) => b.selfMs - a.selfMs);
  const dearest = nodes
    .flatMap(({ span }) => (span.cost ? [{ span, cost: span.cost }] : []))
    .sort((a, b) => b.cost - a.cost);
  return {
    errorCount: errors.length,
    errors: errors.sort((a, b) => (a.span.startTime < b.span.startTime ? -1 : 1)).slice(0, ERRORS_MAX),
    slowest: slowest.slice(0, OTHERS_MAX),
    dearest: dearest.slice(0, OTHERS_MAX),
  };
}

/** The duration less the time in which some child ran. */
function selfMs<T extends MeasuredSpan>({ span, children }: SpanNode<T>): number {
  if (!span.endTime) return 0;
  const end = Date.parse(span.endTime);
  let covered = 0;
  let at = Date.parse(span.startTime);
  const total = end - at;
  for (const { span: child } of children) {
    const from = Math.max(at, Date.parse(child.startTime));
    const to = Math.min(end, child.endTime ? Date.parse(child.endTime) : end);
    if (to <= from) continue;
    covered += to - from;
    at = to;
  }
  return total - covered;
}
