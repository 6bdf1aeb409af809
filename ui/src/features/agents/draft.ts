import type { AgentValue } from "@/features/agents/useConfiguration";
import type { AgentValueInput } from "@/gql/graphql";

// A version while it is written. Pure; the server says what is wrong with it.

export type DraftValue = Pick<AgentValue, "key" | "kind"> & {
  /** Tells it from the others, whatever its key becomes. */
  at: number;
  /** Null says nothing at all, until somebody writes. */
  text: string | null;
  description: string | null;
};

export const draftOf = (values: readonly AgentValue[]): DraftValue[] =>
  values.map(({ key, kind, value, description }, at) => ({
    at,
    key,
    kind,
    text: value ?? null,
    description: description ?? null,
  }));

export const withAnother = (draft: readonly DraftValue[]): DraftValue[] => [
  ...draft,
  { at: Math.max(-1, ...draft.map(({ at }) => at)) + 1, key: "", kind: "STRING", text: "", description: null },
];

/** A text may be empty; of other types an empty box is no value. */
export const inputOf = (draft: readonly DraftValue[]): AgentValueInput[] =>
  draft.map(({ key, kind, text, description }) => ({
    key: key.trim(),
    kind,
    value: text === "" && kind !== "STRING" ? null : text,
    description,
  }));
