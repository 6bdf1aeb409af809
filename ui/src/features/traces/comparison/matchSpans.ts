import { diffArrays } from "diff";

// Two trees of spans as one: what did the same work stands together. Pure; close to linear in the number of spans
// wherever the two are alike, and bounded where they are not.

export type SpanTreeNode<T> = { span: T; children: readonly SpanTreeNode<T>[] };

/** A span of the left, a span of the right, or one of each. */
export type Pair<T> = {
  left: T | null;
  right: T | null;
  /** Both sides have it, in another order among its siblings. */
  isMoved: boolean;
  children: Pair<T>[];
};

type Named = { name?: string | null; type: string };
type Waiting<T> = {
  pair: Pair<T>;
  left: readonly SpanTreeNode<T>[];
  right: readonly SpanTreeNode<T>[];
};

/** The roots belong together whatever they are called; below them spans go by name, type and order among siblings. */
export function matchSpans<T extends Named>(left: SpanTreeNode<T>, right: SpanTreeNode<T>): Pair<T> {
  const root: Pair<T> = { left: left.span, right: right.span, isMoved: false, children: [] };
  const stack: Waiting<T>[] = [{ pair: root, left: left.children, right: right.children }];
  for (let entry = stack.pop(); entry; entry = stack.pop()) {
    for (const { left: one, right: other, isMoved } of matchSiblings(entry.left, entry.right)) {
      const pair: Pair<T> = { left: one?.span ?? null, right: other?.span ?? null, isMoved, children: [] };
      entry.pair.children.push(pair);
      stack.push({ pair, left: one?.children ?? [], right: other?.children ?? [] });
    }
  }
  return root;
}

type Match<Node> = { left: Node | null; right: Node | null; isMoved: boolean };

function matchSiblings<T extends Named>(
  left: readonly SpanTreeNode<T>[],
  right: readonly SpanTreeNode<T>[],
): Match<SpanTreeNode<T>>[] {
  const [leftKeys, rightKeys] = [left.map(keyOf), right.map(keyOf)];
  const inOrder = commonOrder(leftKeys, rightKeys);
  const places = inOrder ?? new Map<number, number>();
  const moved = pairTheRest(leftKeys, rightKeys, places);
  const taken = new Set([...places.values(), ...moved.values()]);
  const matches: Match<SpanTreeNode<T>>[] = [];
  let next = 0;
  /** What only the right has stands where it stood between those that both have. */
  const pushRight = (until: number) => {
    for (; next < until; next += 1) {
      if (!taken.has(next)) matches.push({ left: null, right: right[next] ?? null, isMoved: false });
    }
  };
  for (const [at, node] of left.entries()) {
    const place = places.get(at) ?? moved.get(at);
    // Where no common order was found, whatever does not go backwards counts as being in order.
    const isMoved = place !== undefined && !places.has(at) && (inOrder !== null || place < next);
    if (place !== undefined && !isMoved) pushRight(place);
    matches.push({ left: node, right: place === undefined ? null : (right[place] ?? null), isMoved });
    if (place !== undefined && !isMoved) next = place + 1;
  }
  pushRight(right.length);
  return matches;
}

const keyOf = <T extends Named>({ span }: SpanTreeNode<T>): string => `${span.type} ${span.name ?? ""}`;

/** With more insertions and deletions than this the search for the longest common order takes too long. */
const EDITS_MAX = 400;

/** Which place on the left is which on the right in the longest order that both have; null if it is too far to seek. */
function commonOrder(left: string[], right: string[]): Map<number, number> | null {
  const changes = diffArrays(left, right, { maxEditLength: EDITS_MAX });
  if (!changes) return null;
  const places = new Map<number, number>();
  let [one, other] = [0, 0];
  for (const { value, added, removed } of changes) {
    if (added) other += value.length;
    else if (removed) one += value.length;
    else for (const _ of value) places.set(one++, other++);
  }
  return places;
}

/** What is left over on both sides under the same name is paired as it comes. */
function pairTheRest(left: string[], right: string[], places: ReadonlyMap<number, number>): Map<number, number> {
  const taken = new Set(places.values());
  const free = new Map<string, number[]>();
  for (const [at, key] of right.entries()) {
    if (taken.has(at)) continue;
    const same = free.get(key);
    if (same) same.push(at);
    else free.set(key, [at]);
  }
  for (const same of free.values()) same.reverse();
  const paired = new Map<number, number>();
  for (const [at, key] of left.entries()) {
    const place = places.has(at) ? undefined : free.get(key)?.pop();
    if (place !== undefined) paired.set(at, place);
  }
  return paired;
}
