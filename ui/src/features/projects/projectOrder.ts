import type { ProjectItem } from "@/features/projects/projectColumns";
import { type FiguresById, type ProjectFigures, tokensPerTrace } from "@/features/projects/projectFigures";
import type { SortOrder } from "@/lib/sortOrder";

// Projects in the order of a column. Pure; the server lists them newest first and knows no other order.

export const NEWEST: SortOrder = { field: "created", direction: "DESC" };

type Value = string | number | null;

const OF_PROJECT: Record<string, (project: ProjectItem) => Value> = {
  name: ({ name }) => name.toLowerCase(),
  created: ({ createdAt }) => Date.parse(createdAt),
  activity: ({ lastUpdatedTraceAt }) => (lastUpdatedTraceAt ? Date.parse(lastUpdatedTraceAt) : null),
  traces: ({ traceCount }) => traceCount,
};

const OF_FIGURES: Record<string, (figures: ProjectFigures) => Value> = {
  threads: ({ threadCount }) => threadCount,
  errors: ({ errorCount }) => errorCount,
  cost: ({ cost }) => cost ?? null,
  cost_per_trace: ({ costMean }) => costMean ?? null,
  tokens: tokensPerTrace,
  guardrails: ({ guardrailsFailedCount }) => guardrailsFailedCount,
  p50: ({ durationMs }) => durationMs?.p50 ?? null,
  p90: ({ durationMs }) => durationMs?.p90 ?? null,
  p99: ({ durationMs }) => durationMs?.p99 ?? null,
};

/** What has no value comes last either way; of equals the newer comes first. */
export function inProjectOrder(
  projects: readonly ProjectItem[],
  { field, direction }: SortOrder,
  figures: FiguresById | null,
): ProjectItem[] {
  const read = (project: ProjectItem): Value => {
    const own = OF_PROJECT[field];
    if (own) return own(project);
    const found = figures?.get(project.id);
    return found ? (OF_FIGURES[field]?.(found) ?? null) : null;
  };
  const sign = direction === "ASC" ? 1 : -1;
  const compare = (one: Value, other: Value): number => {
    if (one === other) return 0;
    if (one === null) return 1;
    if (other === null) return -1;
    return one < other ? -sign : sign;
  };
  const values = new Map(projects.map((project) => [project.id, read(project)]));
  return projects.toSorted(
    (one, other) =>
      compare(values.get(one.id) ?? null, values.get(other.id) ?? null) ||
      Date.parse(other.createdAt) - Date.parse(one.createdAt),
  );
}
