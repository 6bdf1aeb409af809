import type { ReactNode } from "react";
import type { Fact } from "@/entities/details/Facts";
import { type UsedPrompt, usedPrompts } from "@/entities/details/usedPrompts";

/** The way to a version of a prompt in the library. */
export type PromptWay = (prompt: UsedPrompt) => ReactNode;

/** The prompts that a trace or a span used, as one of its facts. */
export function promptsFact(metadata: string | null | undefined, way: PromptWay | undefined): Fact {
  const prompts = usedPrompts(metadata);
  const told = prompts.map((prompt) => (
    <span key={`${prompt.id} ${prompt.version}`}>{way?.(prompt) ?? `${prompt.name} ${prompt.version}`} </span>
  ));
  return { label: "Prompts", value: told.length > 0 ? told : null };
}
