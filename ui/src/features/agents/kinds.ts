import type { AgentValueKind } from "@/gql/graphql";

/** What the text of a value stands for, in words. */
export const KINDS: readonly { id: AgentValueKind; label: string }[] = [
  { id: "STRING", label: "text" },
  { id: "INTEGER", label: "whole number" },
  { id: "FLOAT", label: "number" },
  { id: "BOOLEAN", label: "true or false" },
  { id: "PROMPT", label: "prompt" },
  { id: "PROMPT_COMMIT", label: "version of a prompt" },
];

export const kindName = (kind: AgentValueKind): string => KINDS.find(({ id }) => id === kind)?.label ?? "";
