import type { TrashedKind } from "@/gql/graphql";

/** What can lie in the trash, by the name of its kind. */
export const NOUNS: Record<TrashedKind, string> = {
  TRACE: "trace",
  DATASET: "dataset",
  PROMPT: "prompt",
  EXPERIMENT: "experiment",
  ANNOTATION_QUEUE: "annotation queue",
  PROJECT: "project",
  DASHBOARD: "dashboard",
  FEEDBACK_DEFINITION: "feedback definition",
  ENVIRONMENT: "environment",
  OPTIMIZATION: "optimization",
  PRICE: "price",
  DERIVED_COLUMN: "derived column",
  ALERT: "alert",
};

export function parseKind(value: unknown): TrashedKind | null {
  return Object.keys(NOUNS).find((kind): kind is TrashedKind => kind === value) ?? null;
}
