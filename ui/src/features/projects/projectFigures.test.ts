import { expect, test } from "vitest";
import { parseFigures } from "@/features/projects/projectFigures";

test("figures are read as they come, and what is missing is no zero", () => {
  const page = {
    content: [
      {
        project_id: "a",
        trace_count: 2,
        thread_count: 1,
        error_count: { count: 1, deviation: 1 },
        duration: { p50: 5 },
      },
      { trace_count: 3 },
      "nonsense",
    ],
  };
  const figures = {
    traceCount: 2,
    threadCount: 1,
    errorCount: 1,
    cost: null,
    costPerTrace: null,
    tokensPerTrace: null,
    durationMs: { p50: 5, p90: null, p99: null },
    scores: [],
  };
  expect(parseFigures(page)).toEqual([["a", figures]]);
  expect(parseFigures(null)).toEqual([]);
});
