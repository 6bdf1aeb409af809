import { expect, test } from "vitest";
import { effectOf, placeLabel } from "@/features/retention/rules";

const day = (ms: number) => new Date(ms).toISOString().slice(0, 10);
const NOW = Date.parse("2026-11-27T12:00:00Z");
const made = (createdAt: string, rest: Partial<Parameters<typeof effectOf>[0]> = {}) =>
  effectOf({ period: "SHORT", applyToPast: false, createdAt, ...rest }, NOW, day);

test("a rule for the past takes whatever is too old", () => {
  expect(made("2026-11-27T12:00:00Z", { applyToPast: true })).toBe("traces that started before 2026-11-13");
});

test("a rule from now on leaves alone what was there before it", () => {
  expect(made("2026-11-20T00:00:00Z")).toBe("nothing until 2026-12-04; what started before 2026-11-20 stays");
  expect(made("2026-10-01T00:00:00Z")).toBe("traces that started from 2026-10-01 to 2026-11-13");
});

test("what is kept for ever never goes", () => {
  expect(made("2026-10-01T00:00:00Z", { period: "UNLIMITED", applyToPast: true })).toBe("nothing");
});

test("a place is named from the widest to the narrowest", () => {
  expect(placeLabel({ project: null, environment: null, isOfOrganization: true })).toBe("The whole server");
  expect(placeLabel({ project: null, environment: null })).toBe("All projects");
  expect(placeLabel({ project: null, environment: "staging" })).toBe("All projects, in staging");
  expect(placeLabel({ project: "shop", environment: "staging" })).toBe("shop, in staging");
});
