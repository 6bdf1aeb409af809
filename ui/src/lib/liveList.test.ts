import { describe, expect, test } from "vitest";
import {
  appendPage,
  applyChanges,
  type Change,
  type LiveList,
  listOfPage,
  PENDING_ITEMS_MAX,
  showPending,
} from "@/lib/liveList";

type Item = { id: string; at: number; text?: string };
const newestFirst = (a: Item, b: Item) => b.at - a.at;
const item = (id: string, at: number, text?: string): Item => ({ id, at, text });
const upsert = (changed: Item): Change<Item> => ({ kind: "UPSERTED", id: changed.id, item: changed });
const page = (items: Item[], hasNextPage = true) => ({ items, endCursor: "c1", hasNextPage, totalCount: 10 });
const ids = (list: LiveList<Item>) => list.items.map(({ id }) => id).join(" ");
const waiting = (list: LiveList<Item>) => list.pending.map(({ id }) => id).join(" ");

const list = listOfPage(page([item("c", 30), item("b", 20), item("a", 10)]));
const showing = { compare: newestFirst, show: true };
const paused = { compare: newestFirst, show: false };

describe("pages", () => {
  test("a row that has moved into the next page is not listed twice", () => {
    const next = appendPage(list, {
      items: [item("a", 10), item("z", 5)],
      endCursor: "c2",
      hasNextPage: false,
      totalCount: 4,
    });
    expect(ids(next)).toBe("c b a z");
    expect(next).toMatchObject({ endCursor: "c2", hasNextPage: false, totalCount: 4 });
  });
});

describe("changes", () => {
  test("a new item takes its place by order, not by arrival", () => {
    const next = applyChanges(list, [upsert(item("e", 25)), upsert(item("d", 40))], showing);
    expect(ids(next)).toBe("d c e b a");
    expect(next.totalCount).toBe(12);
  });

  test("an item told twice, as after a reconnect, is there once", () => {
    const once = applyChanges(list, [upsert(item("d", 40))], showing);
    const twice = applyChanges(once, [upsert(item("d", 40))], showing);
    expect(ids(twice)).toBe("d c b a");
    expect(twice.totalCount).toBe(11);
  });

  test("a known item is revised where it stands, even while paused", () => {
    const next = applyChanges(list, [upsert(item("b", 20, "done"))], paused);
    expect(next.items[1]).toEqual(item("b", 20, "done"));
    expect(waiting(next)).toBe("");
  });

  test("of several changes to one item the last counts", () => {
    const next = applyChanges(list, [upsert(item("b", 20, "first")), upsert(item("b", 20, "last"))], showing);
    expect(next.items[1]?.text).toBe("last");
  });

  test("a deleted item leaves the list and the count", () => {
    const next = applyChanges(list, [{ kind: "DELETED", id: "b", item: null }], paused);
    expect(ids(next)).toBe("c a");
    expect(next.totalCount).toBe(9);
  });

  test("an item that belongs behind the loaded part waits for its page", () => {
    const next = applyChanges(list, [upsert(item("old", 1))], showing);
    expect(ids(next)).toBe("c b a");
    const whole = applyChanges({ ...list, hasNextPage: false }, [upsert(item("old", 1))], showing);
    expect(ids(whole)).toBe("c b a old");
  });
});

describe("what waits", () => {
  test("new items wait while paused and are shown on demand", () => {
    const next = applyChanges(list, [upsert(item("d", 40)), upsert(item("e", 50))], paused);
    expect(ids(next)).toBe("c b a");
    expect(waiting(next)).toBe("e d");
    const shown = showPending(next, newestFirst);
    expect(ids(shown)).toBe("e d c b a");
    expect(waiting(shown)).toBe("");
  });

  test("a waiting item that is deleted no longer waits", () => {
    const next = applyChanges(list, [upsert(item("d", 40))], paused);
    expect(waiting(applyChanges(next, [{ kind: "DELETED", id: "d", item: null }], paused))).toBe("");
  });

  test("where the order is unknown new items only wait", () => {
    const next = applyChanges(list, [upsert(item("d", 40))], { compare: null, show: true });
    expect(ids(next)).toBe("c b a");
    expect(waiting(next)).toBe("d");
  });

  test("what waits is bounded", () => {
    const many = Array.from({ length: PENDING_ITEMS_MAX + 1 }, (_, index) => upsert(item(`n${index}`, 100 + index)));
    const next = applyChanges(list, many, paused);
    expect(next.pending.length).toBe(PENDING_ITEMS_MAX);
    expect(next.pendingOverflow).toBe(true);
    expect(next.pending[0]?.id).toBe(`n${PENDING_ITEMS_MAX}`);
  });
});
