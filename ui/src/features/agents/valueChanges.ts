import type { AgentValue } from "@/features/agents/useConfiguration";

// What differs between the values of two blueprints. Pure.

type Told = Pick<AgentValue, "key" | "value" | "kind" | "description">;

export type ValueChange = {
  key: string;
  act: "added" | "removed" | "changed";
  before: Told | null;
  after: Told | null;
};

/** By key, in the order of the newer, and then those that it has no more. */
export function valueChanges(before: readonly Told[], after: readonly Told[]): ValueChange[] {
  const old = new Map(before.map((value) => [value.key, value]));
  const kept = new Set(after.map(({ key }) => key));
  const changes = after.flatMap((value): ValueChange[] => {
    const was = old.get(value.key) ?? null;
    if (was && isSame(was, value)) return [];
    return [{ key: value.key, act: was ? "changed" : "added", before: was, after: value }];
  });
  const removed = before.filter(({ key }) => !kept.has(key));
  return [
    ...changes,
    ...removed.map((value) => ({ key: value.key, act: "removed" as const, before: value, after: null })),
  ];
}

const isSame = (one: Told, other: Told): boolean =>
  (one.value ?? null) === (other.value ?? null) &&
  one.kind === other.kind &&
  (one.description ?? null) === (other.description ?? null);
