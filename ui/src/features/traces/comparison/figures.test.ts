import { expect, test } from "vitest";
import { amounts, figure, scoreFigures } from "@/features/traces/comparison/figures";
import { formatCount } from "@/lib/format";

const ended = { endTime: "2026-03-04T05:06:07Z" };

test("amounts differ with sign, unit and share, and less is better", () => {
  const [duration, cost, tokens] = amounts(
    { ...ended, durationMs: 1_000, cost: 0.02, totalTokens: 100 },
    { ...ended, durationMs: 1_500, cost: 0.01, totalTokens: 150 },
  );
  expect(duration).toEqual({
    label: "Duration",
    left: "1.00 s",
    right: "1.50 s",
    difference: "+500 ms",
    share: "+50%",
    verdict: "worse",
  });
  expect(cost).toMatchObject({ difference: "−$0.010", share: "−50%", verdict: "better" });
  expect(tokens).toMatchObject({ difference: "+50", share: "+50%", verdict: "neither" });
});

test("what is unknown on one side, or runs still, is not subtracted", () => {
  const [duration, cost] = amounts({ durationMs: 5, cost: null }, { ...ended, durationMs: 7, cost: 1 });
  expect(duration).toMatchObject({ left: "–", right: "7 ms", difference: "", verdict: "neither" });
  expect(cost).toMatchObject({ left: "–", right: "$1.00", difference: "" });
});

test("of scores more is better, each by its name", () => {
  const scores = scoreFigures(
    [
      { name: "tone", value: 1 },
      { name: "help", value: 0.5 },
    ],
    [
      { name: "help", value: 0.9 },
      { name: "new", value: 1 },
    ],
  );
  expect(scores.map(({ label, difference, verdict }) => [label, difference, verdict])).toEqual([
    ["help", "+0.4", "better"],
    ["new", "", "neither"],
    ["tone", "", "neither"],
  ]);
});

test("nothing more than nothing has no share, and noise is no difference", () => {
  const count = { label: "Errors", format: formatCount, wanted: "less" as const, hasShare: true };
  expect(figure({ ...count, left: 0, right: 2 })).toMatchObject({ difference: "+2", share: "", verdict: "worse" });
  expect(figure({ ...count, left: 0.1 + 0.2, right: 0.3 })).toMatchObject({ difference: "no difference" });
});
