import { useState } from "react";
import { add, type Draft, NO_CHANGES, remove, type Written, write } from "@/features/datasets/draft";

export type ItemChange = { id: string; change: Partial<Written> };

/** What is changed of the newest version, and which of its items are chosen or open meanwhile. */
export function useDraft(columns: readonly string[]) {
  const [draft, setDraft] = useState<Draft>(NO_CHANGES);
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
  const [openId, setOpenId] = useState<string | null>(null);
  return {
    draft,
    chosen,
    openId,
    choose: setChosen,
    open: setOpenId,
    add: () => {
      const id = crypto.randomUUID();
      const blank = Object.fromEntries((columns.length > 0 ? columns : ["input"]).map((name) => [name, ""]));
      setDraft(add(draft, id, JSON.stringify(blank)));
      setOpenId(id);
    },
    remove: (ids: readonly string[]) => {
      setDraft(remove(draft, ids));
      setChosen(new Set());
    },
    write: (changes: readonly ItemChange[]) =>
      setDraft(changes.reduce((all, { id, change }) => write(all, id, change), draft)),
    discard: () => setDraft(NO_CHANGES),
    onSaved: () => {
      setDraft(NO_CHANGES);
      setChosen(new Set());
    },
  };
}
