import { useRef, useState } from "react";

/** Which of the listed things are chosen. What is not listed any more is not chosen either. */
export function useSelection(listed: readonly string[]) {
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
  const anchor = useRef<string | null>(null);
  const ids = listed.filter((id) => chosen.has(id));

  const toggle = (id: string, toAnchor = false) => {
    const next = new Set(ids);
    const isAdded = !next.has(id);
    const [from, to] = [listed.indexOf(anchor.current ?? id), listed.indexOf(id)];
    const range = toAnchor && from >= 0 ? listed.slice(Math.min(from, to), Math.max(from, to) + 1) : [id];
    for (const each of range) {
      if (isAdded) next.add(each);
      else next.delete(each);
    }
    anchor.current = id;
    setChosen(next);
  };
  return {
    ids,
    has: (id: string) => chosen.has(id),
    isAll: ids.length > 0 && ids.length === listed.length,
    toggle,
    toggleAll: () => setChosen(ids.length === listed.length ? new Set() : new Set(listed)),
    clear: () => setChosen(new Set()),
  };
}

export type Selection = ReturnType<typeof useSelection>;
