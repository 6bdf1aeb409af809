import { expect, test } from "vitest";
import { bucketsOf, formatMark, widthName } from "@/components/charts/chart";

const HOUR_MS = 3_600_000;

test("time is cut into few buckets that begin on the clock", () => {
  const from = Date.parse("2026-01-01T10:17:00Z");
  const { seconds, fromMs } = bucketsOf(from, from + 24 * HOUR_MS, 48);
  expect([widthName(seconds), new Date(fromMs).toISOString()]).toEqual(["30 minutes", "2026-01-01T10:00:00.000Z"]);
});

test("an instant is one second, and years are still few buckets", () => {
  expect(bucketsOf(5_000, 5_000, 48).seconds).toBe(1);
  const years = 20 * 365 * 24 * HOUR_MS;
  expect(years / 1_000 / bucketsOf(0, years, 48).seconds).toBeLessThanOrEqual(48);
});

test("an axis begins with a bare 0, in whatever unit it goes on", () => {
  expect([0, 2].map(formatMark((value) => `${value} s`))).toEqual(["0", "2 s"]);
});
