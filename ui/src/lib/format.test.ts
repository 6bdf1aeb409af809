import { describe, expect, test } from "vitest";
import { formatBytes, formatCost, formatDuration, formatRelative, formatScore } from "@/lib/format";

describe("durations", () => {
  test.each([
    [null, ""],
    [0.25, "250 µs"],
    [999, "999 ms"],
    [1_000, "1.00 s"],
    [59_994, "59.99 s"],
    [59_999, "1 min 0 s"],
    [3_599_600, "1 h 0 min"],
    [7_260_000, "2 h 1 min"],
  ])("%s ms reads %s", (ms, text) => expect(formatDuration(ms)).toBe(text));
});

describe("sizes", () => {
  test.each([
    [0, "0 B"],
    [999, "999 B"],
    [2_048, "2.05 kB"],
    [999_999, "1 MB"],
    [12_345_678, "12.3 MB"],
  ])("%s bytes read %s", (bytes, text) => expect(formatBytes(bytes)).toBe(text));
});

describe("costs", () => {
  test.each([
    [undefined, ""],
    [0, "$0"],
    [0.000_000_4, "< $0.000001"],
    [0.000_12, "$0.00012"],
    [0.1234, "$0.123"],
    [1234.5, "$1,234.50"],
  ])("%s dollars read %s", (dollars, text) => expect(formatCost(dollars)).toBe(text));
});

test("scores keep three digits that say something", () => {
  expect([1, 0.333_333, 12.345].map(formatScore)).toEqual(["1", "0.333", "12.3"]);
});

test("how long ago is told in the largest unit that fits", () => {
  const now = Date.parse("2026-01-02T12:00:00Z");
  const ago = (seconds: number) => formatRelative(new Date(now - seconds * 1000).toISOString(), now);
  expect([1, 59, 60, 7_199, 86_400].map(ago)).toEqual(["just now", "59 s ago", "1 min ago", "1 h ago", "1 d ago"]);
});
