// The ways in which the spans of a trace can be looked at. All show the same spans and the same choice.

export const SPAN_VIEWS = ["tree", "timeline", "flame", "transcript", "graph"] as const;
export type SpanView = (typeof SPAN_VIEWS)[number];

/** From the query string; the tree needs no word there. */
export function parseSpanView(value: unknown): SpanView | undefined {
  return SPAN_VIEWS.find((view) => view === value && view !== "tree");
}
