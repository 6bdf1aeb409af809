import { expect, test } from "vitest";
import { add, isEmpty, NO_CHANGES, remove, shown, summary, write } from "@/features/datasets/draft";

const items = [
  { id: "b", data: '{"q":2}' },
  { id: "a", data: '{"q":1}' },
];

test("additions come first, edits stand in their place, deletions are gone", () => {
  const draft = remove(write(add(NO_CHANGES, "n", '{"q":3}'), "a", '{"q":9}'), ["b"]);
  expect(shown(items, draft)).toEqual([
    { id: "n", data: '{"q":3}', isChanged: true },
    { id: "a", data: '{"q":9}', isChanged: true },
  ]);
  expect(summary(draft)).toBe("+1 ~1 −1");
});

test("an edit of an addition is an addition, and deleting it leaves nothing", () => {
  const draft = write(add(NO_CHANGES, "n", "{}"), "n", '{"q":1}');
  expect([draft.added.get("n"), draft.edited.size]).toEqual(['{"q":1}', 0]);
  expect(isEmpty(remove(draft, ["n"]))).toBe(true);
});

test("an edit of what is deleted afterwards is no edit", () => {
  expect(summary(remove(write(NO_CHANGES, "a", "{}"), ["a"]))).toBe("−1");
});
