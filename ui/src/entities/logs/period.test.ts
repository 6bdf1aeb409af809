import { expect, test } from "vitest";
import { changeOf, periodOf } from "@/entities/logs/period";

const NOW = Date.parse("2026-11-26T12:00:00Z");
const hours = (filter: string) => {
  const period = periodOf(filter, NOW);
  return period && [(NOW - period.fromMs) / 3_600_000, (NOW - period.toMs) / 3_600_000, period.rest];
};

test("a filter says since when, until when, and what else", () => {
  expect(hours("start > -24h AND error:true")).toEqual([24, 0, "error:true"]);
  expect(hours('error:true start >= "2026-11-26T02:00:00.000Z" AND start < "2026-11-26T04:00:00.000Z"')).toEqual([
    10,
    8,
    "error:true",
  ]);
  expect(hours("start > -2d start > -1h start<now")).toEqual([1, 0, ""]);
});

test("the stretch of time is told apart from the rest", () => {
  const period = periodOf("start >= -2h AND tags:x AND start < -1h", NOW);
  expect([period?.stretch, period?.rest]).toEqual(["start >= -2h AND start < -1h", "tags:x"]);
});

test("without a beginning that is sure there is no period", () => {
  for (const filter of [
    "",
    "start < -1h",
    "NOT start > -1h",
    "start > -1h OR error:true",
    "start > 2026-11-01",
    "start > +1h",
  ])
    expect(hours(filter), filter).toBeNull();
});

test("changes are told in percent, those of shares in points", () => {
  expect(changeOf(150, 100, false)).toBe("+50%");
  expect(changeOf(99, 100, false)).toBe("−1%");
  expect(changeOf(100, 100, false)).toBe("±0%");
  expect(changeOf(5, 0, false)).toBeNull();
  expect(changeOf(12.5, 10, true)).toBe("+2.5 points");
  expect(changeOf(null, 1, false)).toBeNull();
});
