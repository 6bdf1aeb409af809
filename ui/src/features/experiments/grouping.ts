import type { ExperimentGroupingInput } from "@/gql/graphql";

// By what experiments are put together, as the address says it: `dataset`, `tags`, `metadata.model.name`, and up to two
// of them, one within the other. Pure.

export type Grouping = { kind: "dataset" | "tags" } | { kind: "metadata"; path: string };

export const LEVELS_MAX = 2;
const METADATA = "metadata.";

export function parseGroupings(text: string | undefined): Grouping[] {
  const known = (text ?? "").split(",").flatMap((part): Grouping[] => {
    if (part === "dataset" || part === "tags") return [{ kind: part }];
    const path = part.startsWith(METADATA) ? part.slice(METADATA.length) : "";
    return path === "" ? [] : [{ kind: "metadata", path }];
  });
  return known.slice(0, LEVELS_MAX);
}

export const writeGroupings = (groupings: readonly Grouping[]): string | undefined =>
  groupings.map(textOf).join(",") || undefined;

const textOf = (grouping: Grouping) => (grouping.kind === "metadata" ? `${METADATA}${grouping.path}` : grouping.kind);

export const inputOf = (grouping: Grouping): ExperimentGroupingInput => {
  switch (grouping.kind) {
    case "dataset":
      return { field: "DATASET" };
    case "tags":
      return { field: "TAGS" };
    case "metadata":
      return { field: "METADATA", path: grouping.path };
  }
};

export type Narrowed = { dataset?: string | undefined; filter?: string | undefined };

/** The list of what is in a group, within what was asked for already. */
export function narrowTo(old: Narrowed, places: readonly { grouping: Grouping; value: string }[]): Narrowed {
  const narrowed = { dataset: old.dataset, filter: old.filter };
  for (const { grouping, value } of places) {
    if (grouping.kind === "dataset") {
      narrowed.dataset = value;
    } else {
      const term = `${textOf(grouping)} = ${JSON.stringify(value)}`;
      narrowed.filter = narrowed.filter ? `(${narrowed.filter}) AND ${term}` : term;
    }
  }
  return narrowed;
}
