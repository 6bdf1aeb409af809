import type { SearchKind } from "@/gql/graphql";

// What a search may be narrowed to.

const KINDS = {
  traces: ["TRACE", "SPAN"],
  prompts: ["PROMPT", "PROMPT_VERSION"],
  datasets: ["DATASET", "DATASET_ITEM"],
  experiments: ["EXPERIMENT"],
  comments: ["COMMENT", "SCORE"],
} as const satisfies Record<string, SearchKind[]>;

export type Choice = keyof typeof KINDS | "everything";

export const CHOICES: readonly { id: Choice; label: string }[] = [
  { id: "everything", label: "Everything" },
  { id: "traces", label: "Traces" },
  { id: "prompts", label: "Prompts" },
  { id: "datasets", label: "Datasets" },
  { id: "experiments", label: "Experiments" },
  { id: "comments", label: "Comments and reasons" },
];

export const parseChoice = (text: string | undefined): Choice =>
  CHOICES.find(({ id }) => id === text)?.id ?? "everything";

export const kindsOf = (choice: Choice): SearchKind[] =>
  choice === "everything" ? Object.values(KINDS).flat() : [...KINDS[choice]];

/** What people write beside what is recorded. */
export const WRITTEN: SearchKind[] = kindsOf("everything").filter((kind) => kind !== "TRACE" && kind !== "SPAN");
