// What the traces of projects come to, as the server counts it for many projects at once. Parsed at the edge.

export type ProjectFigures = {
  traceCount: number;
  threadCount: number;
  errorCount: number;
  cost: number | null;
  costPerTrace: number | null;
  tokensPerTrace: number | null;
  durationMs: { p50: number | null; p90: number | null; p99: number | null };
  scores: readonly { name: string; value: number }[];
};

export type FiguresById = ReadonlyMap<string, ProjectFigures>;

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === "object" && value !== null;
const numberOf = (value: unknown) => (typeof value === "number" ? value : null);
const recordOf = (value: unknown) => (isRecord(value) ? value : {});
const listOf = (value: unknown): unknown[] => (Array.isArray(value) ? value : []);

/** Of a page of figures; what is of no project is left out. */
export function parseFigures(page: unknown): [string, ProjectFigures][] {
  return listOf(recordOf(page).content).flatMap((each): [string, ProjectFigures][] => {
    const { project_id: id, ...figures } = recordOf(each);
    return typeof id === "string" ? [[id, figuresOf(figures)]] : [];
  });
}

function figuresOf(told: Record<string, unknown>): ProjectFigures {
  const duration = recordOf(told.duration);
  return {
    traceCount: numberOf(told.trace_count) ?? 0,
    threadCount: numberOf(told.thread_count) ?? 0,
    errorCount: numberOf(recordOf(told.error_count).count) ?? 0,
    cost: numberOf(told.total_estimated_cost_sum),
    costPerTrace: numberOf(told.total_estimated_cost),
    tokensPerTrace: numberOf(recordOf(told.usage).total_tokens),
    durationMs: { p50: numberOf(duration.p50), p90: numberOf(duration.p90), p99: numberOf(duration.p99) },
    scores: listOf(told.feedback_scores).flatMap((score) => {
      const { name, value } = recordOf(score);
      return typeof name === "string" && typeof value === "number" ? [{ name, value }] : [];
    }),
  };
}
