import { expect, test } from "vitest";
import { demoBatches } from "@/features/projects/demo/demoBatches";

test("spans know their trace and their parent, and time is counted from now", () => {
  const inner = { name: "charge", type: "tool", at: 20, ms: 5 };
  const outer = { name: "order", type: "tool", at: 10, ms: 50, spans: [inner] };
  const trace = { name: "agent", at: -1_000, ms: 100, scores: [{ name: "helpfulness", value: 1 }], spans: [outer] };
  const { traces, spans, scores } = demoBatches([trace], "demo", Date.parse("2026-01-01T00:00:01Z"));
  const [{ id } = {}] = traces;
  expect(traces).toMatchObject([{ name: "agent", project_name: "demo", start_time: "2026-01-01T00:00:00.000Z" }]);
  expect(scores).toEqual([{ id, project_name: "demo", name: "helpfulness", value: 1, source: "sdk" }]);
  expect(spans).toMatchObject([
    { name: "order", trace_id: id, start_time: "2026-01-01T00:00:00.010Z", end_time: "2026-01-01T00:00:00.060Z" },
    { name: "charge", trace_id: id, parent_span_id: spans[0]?.id },
  ]);
});
