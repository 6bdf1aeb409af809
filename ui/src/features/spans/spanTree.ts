// Flat spans to a tree, and the tree to the rows on screen. Pure, and linear in the number of spans:
// a trace of ten thousand spans is rebuilt with every live update.

export type TreeSpan = {
  id: string;
  parentSpanId?: string | null;
  startTime: string;
  endTime?: string | null;
};

export type SpanNode<T extends TreeSpan> = {
  span: T;
  children: SpanNode<T>[];
  /** The parent is named but is not among the spans (not yet sent, sampled away, or part of a cycle). */
  isOrphan: boolean;
};

export type TreeRow<T extends TreeSpan> = {
  node: SpanNode<T>;
  depth: number;
  position: number;
  siblings: number;
  isExpanded: boolean;
  /** Only here because something below it matches the search. */
  isContext: boolean;
};

export function buildSpanTree<T extends TreeSpan>(spans: readonly T[]): SpanNode<T>[] {
  const nodes = new Map<string, SpanNode<T>>();
  for (const span of spans) nodes.set(span.id, { span, children: [], isOrphan: false });
  const roots: SpanNode<T>[] = [];
  for (const node of nodes.values()) {
    const parentId = node.span.parentSpanId;
    const parent = parentId ? nodes.get(parentId) : undefined;
    if (parent) parent.children.push(node);
    else {
      node.isOrphan = Boolean(parentId);
      roots.push(node);
    }
  }
  adoptCycles(nodes, roots);
  for (const node of nodes.values()) node.children.sort(byStart);
  return roots.sort(byStart);
}

/** Spans that name each other as parents hang from no root: cut each ring at its earliest span and show it. */
function adoptCycles<T extends TreeSpan>(nodes: Map<string, SpanNode<T>>, roots: SpanNode<T>[]): void {
  const reached = new Set<string>();
  for (const root of roots) markBelow(root, reached);
  if (reached.size === nodes.size) return;
  const lost = [...nodes.values()].filter((node) => !reached.has(node.span.id)).sort(byStart);
  for (const candidate of lost) {
    if (reached.has(candidate.span.id)) continue;
    const ring = ringAbove(candidate, nodes).sort(byStart);
    const node = ring[0] ?? candidate;
    const parent = nodes.get(node.span.parentSpanId ?? "");
    if (parent) parent.children = parent.children.filter((child) => child !== node);
    node.isOrphan = true;
    roots.push(node);
    markBelow(node, reached);
  }
}

function ringAbove<T extends TreeSpan>(start: SpanNode<T>, nodes: Map<string, SpanNode<T>>): SpanNode<T>[] {
  const path: SpanNode<T>[] = [];
  let node: SpanNode<T> | undefined = start;
  while (node && !path.includes(node)) {
    path.push(node);
    node = nodes.get(node.span.parentSpanId ?? "");
  }
  return node ? path.slice(path.indexOf(node)) : path;
}

function markBelow<T extends TreeSpan>(root: SpanNode<T>, reached: Set<string>): void {
  const stack = [root];
  for (let node = stack.pop(); node; node = stack.pop()) {
    if (reached.has(node.span.id)) continue;
    reached.add(node.span.id);
    stack.push(...node.children);
  }
}

function byStart<T extends TreeSpan>(a: SpanNode<T>, b: SpanNode<T>): number {
  if (a.span.startTime !== b.span.startTime) return a.span.startTime < b.span.startTime ? -1 : 1;
  return a.span.id < b.span.id ? -1 : 1;
}

/** Only those that are kept; what lies within others takes their place. */
export function keptTree<T extends TreeSpan>(
  roots: readonly SpanNode<T>[],
  keeps: (span: T) => boolean,
): SpanNode<T>[] {
  const kept: SpanNode<T>[] = [];
  const stack = roots.map((node) => ({ node, siblings: kept })).reverse();
  for (let entry = stack.pop(); entry; entry = stack.pop()) {
    const { node, siblings } = entry;
    const own = keeps(node.span) ? { ...node, children: [] } : null;
    if (own) siblings.push(own);
    const below = own?.children ?? siblings;
    for (const child of node.children.toReversed()) stack.push({ node: child, siblings: below });
  }
  const levels = [kept];
  for (let level = levels.pop(); level; level = levels.pop()) {
    level.sort(byStart);
    for (const { children } of level) levels.push(children);
  }
  return kept;
}

export type RowOptions<T extends TreeSpan> = {
  collapsed: ReadonlySet<string>;
  /** Absent: everything is shown. Otherwise the matches and their ancestors, whatever is collapsed. */
  matches?: (span: T) => boolean;
};

export function visibleRows<T extends TreeSpan>(roots: readonly SpanNode<T>[], options: RowOptions<T>): TreeRow<T>[] {
  const kept = options.matches ? matchesAndAncestors(roots, options.matches) : undefined;
  const rows: TreeRow<T>[] = [];
  // A stack of its own: chains of thousands of nested spans would exhaust the call stack.
  const stack: { siblings: SpanNode<T>[]; next: number; depth: number }[] = [];
  const push = (nodes: readonly SpanNode<T>[], depth: number) => {
    const siblings = kept ? nodes.filter((node) => kept.has(node.span.id)) : [...nodes];
    if (siblings.length > 0) stack.push({ siblings, next: 0, depth });
  };
  push(roots, 0);
  for (let level = stack.at(-1); level; level = stack.at(-1)) {
    const node = level.siblings[level.next];
    if (!node) {
      stack.pop();
      continue;
    }
    level.next += 1;
    const isExpanded = kept !== undefined || !options.collapsed.has(node.span.id);
    const isContext = kept?.get(node.span.id) === "ancestor";
    rows.push({
      node,
      depth: level.depth,
      position: level.next,
      siblings: level.siblings.length,
      isExpanded,
      isContext,
    });
    if (isExpanded) push(node.children, level.depth + 1);
  }
  return rows;
}

function matchesAndAncestors<T extends TreeSpan>(roots: readonly SpanNode<T>[], matches: (span: T) => boolean) {
  const kept = new Map<string, "match" | "ancestor">();
  const stack: { node: SpanNode<T>; parent: number }[] = [];
  const order: { node: SpanNode<T>; parent: number }[] = [];
  for (const node of roots) stack.push({ node, parent: -1 });
  for (let entry = stack.pop(); entry; entry = stack.pop()) {
    const index = order.push(entry) - 1;
    for (const node of entry.node.children) stack.push({ node, parent: index });
  }
  // Children come after their parents in `order`, so that one walk backwards carries a match up to the root.
  for (const { node, parent } of order.toReversed()) {
    if (matches(node.span)) kept.set(node.span.id, "match");
    const above = parent >= 0 ? order[parent] : undefined;
    if (kept.has(node.span.id) && above && !kept.has(above.node.span.id)) kept.set(above.node.span.id, "ancestor");
  }
  return kept;
}

export type TimeRange = { startMs: number; endMs: number };

export function rangeOf(spans: readonly TreeSpan[], trace: TreeSpan, nowMs: number): TimeRange {
  let startMs = Date.parse(trace.startTime);
  let endMs = trace.endTime ? Date.parse(trace.endTime) : Number.NEGATIVE_INFINITY;
  let isOpen = !trace.endTime;
  for (const span of spans) {
    startMs = Math.min(startMs, Date.parse(span.startTime));
    if (span.endTime) endMs = Math.max(endMs, Date.parse(span.endTime));
    else isOpen = true;
  }
  return { startMs, endMs: Math.max(startMs + 1, isOpen && nowMs - startMs < OPEN_SPAN_MS_MAX ? nowMs : endMs) };
}

/** A span without an end counts as running for a day; afterwards its process has died. */
const OPEN_SPAN_MS_MAX = 86_400_000;

/** When a span ended, or the end of what is shown while it runs. */
export function endOf(span: TreeSpan, range: TimeRange): number {
  return span.endTime ? Date.parse(span.endTime) : range.endMs;
}

/** Where the bar of a span stands, in per cent of the range; null when it lies outside. */
export function barOf(span: TreeSpan, range: TimeRange): { left: number; width: number } | null {
  const total = range.endMs - range.startMs;
  const from = Date.parse(span.startTime) - range.startMs;
  const to = Math.max(from, endOf(span, range) - range.startMs);
  if (from > total || to < 0) return null;
  const left = (Math.max(0, from) / total) * 100;
  return { left, width: (Math.min(total, to) / total) * 100 - left };
}

/** A part of a range, from 0 to 1. */
export type TimePart = { from: number; to: number };

export function partOf({ startMs, endMs }: TimeRange, { from, to }: TimePart): TimeRange {
  const total = endMs - startMs;
  return { startMs: startMs + from * total, endMs: startMs + to * total };
}
