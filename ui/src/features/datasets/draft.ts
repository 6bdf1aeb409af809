// Changes to a dataset that are not saved yet. Pure: they become one version together.

export type Draft = {
  /** Data as JSON text, by a name of their own. */
  added: ReadonlyMap<string, string>;
  edited: ReadonlyMap<string, string>;
  deleted: ReadonlySet<string>;
};

export const NO_CHANGES: Draft = { added: new Map(), edited: new Map(), deleted: new Set() };

export function isEmpty({ added, edited, deleted }: Draft): boolean {
  return added.size + edited.size + deleted.size === 0;
}

/** The data of an item, new or old. */
export function write(draft: Draft, id: string, data: string): Draft {
  if (draft.added.has(id)) return { ...draft, added: new Map(draft.added).set(id, data) };
  return { ...draft, edited: new Map(draft.edited).set(id, data) };
}

export function add(draft: Draft, id: string, data: string): Draft {
  return { ...draft, added: new Map(draft.added).set(id, data) };
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

type Item = { id: string; data?: string | null };

/** The items as they will be: new ones first, the deleted ones gone. */
export function shown<T extends Item>(
  items: readonly T[],
  draft: Draft,
): { id: string; data: string; isChanged: boolean }[] {
  const added = [...draft.added].map(([id, data]) => ({ id, data, isChanged: true })).reverse();
  const kept = items
    .filter(({ id }) => !draft.deleted.has(id))
    .map(({ id, data }) => {
      const edited = draft.edited.get(id);
      return { id, data: edited ?? data ?? "{}", isChanged: edited !== undefined };
    });
  return [...added, ...kept];
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
