import { expect, test } from "vitest";
import { concerns, type Told, together } from "@/lib/changes";

const told = (changed: Told["changed"], rest: Partial<Told> = {}): Told => ({
  changed,
  trash: false,
  resync: false,
  ...rest,
});

test("one is told of things of one's kinds, and of the thing that one shows", () => {
  const prompt = told([{ kind: "PROMPT", ids: ["a"] }]);
  expect(concerns({ kinds: ["PROMPT"] }, prompt)).toBe(true);
  expect(concerns({ kinds: ["DATASET"] }, prompt)).toBe(false);
  expect(concerns({ kinds: ["PROMPT"], id: "b" }, prompt)).toBe(false);
  expect(concerns({ kinds: null, id: "a" }, prompt)).toBe(true);
});

test("of things without names any may have changed, and after too much everything", () => {
  expect(concerns({ kinds: ["TRACE"], id: "a" }, told([{ kind: "TRACE", ids: null }]))).toBe(true);
  expect(concerns({ kinds: ["DATASET"], id: "a" }, told([], { resync: true }))).toBe(true);
});

test("the trash is told to those who look into it", () => {
  const emptied = told([], { trash: true });
  expect(concerns({ kinds: [], trash: true }, emptied)).toBe(true);
  expect(concerns({ kinds: ["PROMPT"] }, emptied)).toBe(false);
});

test("what several want is asked for together", () => {
  const prompts = { kinds: ["PROMPT", "DATASET"] as const };
  expect(together([prompts, { kinds: ["DATASET"] }])).toEqual({ kinds: ["DATASET", "PROMPT"], trash: false });
  expect(together([prompts, { kinds: null }])).toEqual({ kinds: null, trash: false });
  expect(together([{ kinds: [], trash: true }])).toEqual({ kinds: [], trash: true });
});
