// A paged list that changes while it is looked at. Pure: pages and changes go in, a new list comes out.

export type ListItem = { id: string };
export type Page<T> = { items: T[]; endCursor: string | null; hasNextPage: boolean; totalCount: number };
/** What left is still there, but belongs into the list no more. */
export type Change<T> = { kind: "UPSERTED" | "DELETED" | "LEFT"; id: string; item: T | null };

export type LiveList<T extends ListItem> = {
  items: readonly T[];
  endCursor: string | null;
  hasNextPage: boolean;
  totalCount: number;
  /** New items that wait until they are asked for, newest first. */
  pending: readonly T[];
  /** More waits than is kept: showing it means reading the list anew. */
  pendingOverflow: boolean;
};

export type MergeOptions<T> = {
  /** Negative when `a` stands before `b`; null when the place of a new item cannot be told here (other sort, search). */
  compare: ((a: T, b: T) => number) | null;
  /** New items are shown at once; otherwise they wait. */
  show: boolean;
};

export const PENDING_ITEMS_MAX = 500;

export function listOfPage<T extends ListItem>(page: Page<T>): LiveList<T> {
  return { ...page, pending: [], pendingOverflow: false };
}

export function appendPage<T extends ListItem>(list: LiveList<T>, page: Page<T>): LiveList<T> {
  const known = new Set(list.items.map((item) => item.id));
  const fresh = page.items.filter((item) => !known.has(item.id));
  const { endCursor, hasNextPage, totalCount } = page;
  return { ...list, items: [...list.items, ...fresh], endCursor, hasNextPage, totalCount };
}

export function applyChanges<T extends ListItem>(
  list: LiveList<T>,
  changes: readonly Change<T>[],
  options: MergeOptions<T>,
): LiveList<T> {
  const last = new Map(changes.map((change) => [change.id, change]));
  const items = list.items.flatMap((item) => revised(item, last));
  const pending = list.pending.flatMap((item) => revised(item, last));
  const known = new Set([...list.items, ...list.pending].map((item) => item.id));
  const added = [...last.values()].flatMap(({ kind, item }) =>
    kind === "UPSERTED" && item && !known.has(item.id) ? [item] : [],
  );
  const { compare } = options;
  const here = compare ? added.filter((item) => standsInLoadedPart(item, items, list.hasNextPage, compare)) : added;
  const removed = list.items.length + list.pending.length - items.length - pending.length;
  const merged = { ...list, items, pending, totalCount: Math.max(0, list.totalCount + added.length - removed) };
  if (here.length === 0) return merged;
  return options.show && compare ? { ...merged, items: insert(items, here, compare) } : wait(merged, here, compare);
}

/** Moves what waits into its place. */
export function showPending<T extends ListItem>(list: LiveList<T>, compare: (a: T, b: T) => number): LiveList<T> {
  return { ...list, items: insert(list.items, list.pending, compare), pending: [], pendingOverflow: false };
}

function revised<T extends ListItem>(item: T, changes: Map<string, Change<T>>): T[] {
  const change = changes.get(item.id);
  if (!change) return [item];
  return change.kind === "UPSERTED" ? [change.item ?? item] : [];
}

/** Behind the last loaded row an item would open a gap: it comes with its page. */
function standsInLoadedPart<T>(item: T, items: readonly T[], hasNextPage: boolean, compare: (a: T, b: T) => number) {
  const last = items[items.length - 1];
  return !hasNextPage || last === undefined || compare(item, last) < 0;
}

function insert<T>(items: readonly T[], added: readonly T[], compare: (a: T, b: T) => number): T[] {
  return [...items, ...added].sort(compare);
}

function wait<T extends ListItem>(
  list: LiveList<T>,
  added: readonly T[],
  compare: MergeOptions<T>["compare"],
): LiveList<T> {
  const pending = compare ? insert(list.pending, added, compare) : [...added, ...list.pending];
  const pendingOverflow = list.pendingOverflow || pending.length > PENDING_ITEMS_MAX;
  return { ...list, pending: pending.slice(0, PENDING_ITEMS_MAX), pendingOverflow };
}
