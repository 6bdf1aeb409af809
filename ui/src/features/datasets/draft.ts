import { NO_TERMS, type Policy, type Terms } from "@/features/datasets/testTerms";
import type { DatasetItemSource } from "@/gql/graphql";

// Changes to a dataset that are not saved yet. Pure: they become one version together.

export type Written = Terms & {
  /** JSON text. */
  data: string;
  description: string;
  tags: readonly string[];
};

export type Draft = {
  /** By a name of their own. */
  added: ReadonlyMap<string, Written>;
  /** What is left out stays as it is. */
  edited: ReadonlyMap<string, Partial<Written>>;
  deleted: ReadonlySet<string>;
};

export const NO_CHANGES: Draft = { added: new Map(), edited: new Map(), deleted: new Set() };

export function isEmpty({ added, edited, deleted }: Draft): boolean {
  return added.size + edited.size + deleted.size === 0;
}

/** What an item, new or old, says from now on. */
export function write(draft: Draft, id: string, change: Partial<Written>): Draft {
  const added = draft.added.get(id);
  if (added) return { ...draft, added: new Map(draft.added).set(id, { ...added, ...change }) };
  return { ...draft, edited: new Map(draft.edited).set(id, { ...draft.edited.get(id), ...change }) };
}

export function add(draft: Draft, id: string, data: string): Draft {
  const written = { data, description: "", tags: [], ...NO_TERMS };
  return { ...draft, added: new Map(draft.added).set(id, written) };
}

/** Items that were only added are forgotten; what is saved is marked. */
export function remove(draft: Draft, ids: readonly string[]): Draft {
  const added = new Map(draft.added);
  const edited = new Map(draft.edited);
  const deleted = new Set(draft.deleted);
  for (const id of ids) {
    edited.delete(id);
    if (!added.delete(id)) deleted.add(id);
  }
  return { added, edited, deleted };
}

type Item = {
  id: string;
  data?: string | null | undefined;
  description?: string | null | undefined;
  tags: readonly string[];
  evaluators?: string | null | undefined;
  executionPolicy?: Policy | null | undefined;
  source: DatasetItemSource;
  traceId?: string | null | undefined;
  createdAt: string;
  lastUpdatedAt: string;
};

export type Row = Written & {
  id: string;
  isChanged: boolean;
  source: DatasetItemSource;
  /** The trace that it was taken from, or whose span. */
  traceId: string | null;
  /** Null of what was never saved. */
  createdAt: string | null;
  lastUpdatedAt: string | null;
};

const NEVER_SAVED = { source: "MANUAL", traceId: null, createdAt: null, lastUpdatedAt: null } as const;

/** The items as they will be: new ones first, the deleted ones gone. */
export function shown(items: readonly Item[], draft: Draft): Row[] {
  const added = [...draft.added]
    .map(([id, written]) => ({ id, ...written, ...NEVER_SAVED, isChanged: true }))
    .reverse();
  const kept = items
    .filter(({ id }) => !draft.deleted.has(id))
    .map(({ id, data, description, tags, evaluators, executionPolicy, source, traceId, createdAt, lastUpdatedAt }) => {
      const edited = draft.edited.get(id);
      const terms = { evaluators: evaluators ?? NO_TERMS.evaluators, policy: executionPolicy ?? null };
      const saved = { data: data ?? "{}", description: description ?? "", tags, ...terms };
      const origin = { source, traceId: traceId ?? null, createdAt, lastUpdatedAt };
      return { id, ...saved, ...edited, ...origin, isChanged: edited !== undefined };
    });
  return [...added, ...kept];
}

/** Tags after some were added and others were taken away. */
export function retag(tags: readonly string[], added: readonly string[], removed: readonly string[]): string[] {
  return [...new Set([...tags.filter((tag) => !removed.includes(tag)), ...added])];
}

/** In a few signs: `+2 ~1 −3`. */
export function summary({ added, edited, deleted }: Draft): string {
  const parts = [
    added.size > 0 && `+${added.size}`,
    edited.size > 0 && `~${edited.size}`,
    deleted.size > 0 && `−${deleted.size}`,
  ];
  return parts.filter(Boolean).join(" ");
}
