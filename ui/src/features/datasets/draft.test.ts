import { expect, test } from "vitest";
import { add, isEmpty, NO_CHANGES, remove, retag, shown, summary, write } from "@/features/datasets/draft";

const origin = { source: "SDK", traceId: null } as const;
const none = { evaluators: "[]", policy: null };
const times = { createdAt: "2026-01-01T00:00:00Z", lastUpdatedAt: "2026-01-02T00:00:00Z" };
const items = [
  { id: "b", data: '{"q":2}', tags: [], ...origin, ...times },
  { id: "a", data: '{"q":1}', description: "the first", tags: ["old"], ...origin, ...times },
];

test("additions come first, edits stand in their place, deletions are gone", () => {
  const edited = write(add(NO_CHANGES, "n", '{"q":3}'), "a", { data: '{"q":9}' });
  expect(shown(items, remove(edited, ["b"]))).toEqual([
    {
      id: "n",
      data: '{"q":3}',
      description: "",
      tags: [],
      ...none,
      source: "MANUAL",
      traceId: null,
      createdAt: null,
      lastUpdatedAt: null,
      isChanged: true,
    },
    {
      id: "a",
      data: '{"q":9}',
      description: "the first",
      tags: ["old"],
      ...none,
      ...origin,
      ...times,
      isChanged: true,
    },
  ]);
  expect(summary(remove(edited, ["b"]))).toBe("+1 ~1 −1");
});

test("edits of different parts of an item are kept together", () => {
  const draft = write(write(NO_CHANGES, "a", { tags: ["new"] }), "a", { description: "other" });
  expect(draft.edited.get("a")).toEqual({ tags: ["new"], description: "other" });
  expect(shown(items, draft)[1]).toMatchObject({ data: '{"q":1}', description: "other", tags: ["new"] });
});

test("an edit of an addition is an addition, and deleting it leaves nothing", () => {
  const draft = write(add(NO_CHANGES, "n", "{}"), "n", { data: '{"q":1}' });
  expect([draft.added.get("n")?.data, draft.edited.size]).toEqual(['{"q":1}', 0]);
  expect(isEmpty(remove(draft, ["n"]))).toBe(true);
});

test("an edit of what is deleted afterwards is no edit", () => {
  expect(summary(remove(write(NO_CHANGES, "a", { data: "{}" }), ["a"]))).toBe("−1");
});

test("tags are added once and taken away", () => {
  expect(retag(["a", "b"], ["b", "c"], ["a"])).toEqual(["b", "c"]);
});
