import { expect, test } from "vitest";
import type { ProjectItem } from "@/features/projects/projectColumns";
import type { ProjectFigures } from "@/features/projects/projectFigures";
import { inProjectOrder } from "@/features/projects/projectOrder";

const project = (id: string, day: number): ProjectItem => ({
  id,
  name: id,
  description: null,
  traceCount: 0,
  lastUpdatedTraceAt: null,
  createdAt: `2026-01-0${day}T00:00:00Z`,
  createdBy: "admin",
});
const projects = [project("c", 3), project("B", 2), project("a", 1)];
const costing = (cost: number): ProjectFigures => ({
  threadCount: 0,
  errorCount: 0,
  durationMs: null,
  cost,
  costMean: cost,
  usage: [],
  feedbackScores: [],
  guardrailsFailedCount: 0,
});
const figures = new Map([
  ["a", costing(2)],
  ["c", costing(1)],
]);
const order = (field: string, direction: "ASC" | "DESC") =>
  inProjectOrder(projects, { field, direction }, figures).map(({ id }) => id);

test("names go by their letters, and the newest come first of what is equal", () => {
  expect(order("name", "ASC")).toEqual(["a", "B", "c"]);
  expect(order("created", "ASC")).toEqual(["a", "B", "c"]);
  expect(order("activity", "DESC")).toEqual(["c", "B", "a"]);
});

test("what has no figure comes last either way", () => {
  expect(order("cost", "ASC")).toEqual(["c", "a", "B"]);
  expect(order("cost", "DESC")).toEqual(["a", "c", "B"]);
});
