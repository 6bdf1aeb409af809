import { useState } from "react";

/** All rows of a list at once. */
export type ChosenAll = { isEvery: boolean; isSome: boolean; toggle: () => void };

/** Which rows of a list are chosen; of those that are no longer in it nothing is said. */
export function useChosen<Row extends { id: string }>(rows: readonly Row[]) {
  const [ids, setIds] = useState<readonly string[]>([]);
  const chosen = rows.filter(({ id }) => ids.includes(id));
  const isEvery = chosen.length === rows.length && rows.length > 0;
  const all: ChosenAll = {
    isEvery,
    isSome: chosen.length > 0,
    toggle: () => setIds(isEvery ? [] : rows.map(({ id }) => id)),
  };
  return {
    ids,
    rows: chosen,
    all,
    toggle: (id: string) => setIds(ids.includes(id) ? ids.filter((other) => other !== id) : [...ids, id]),
    clear: () => setIds([]),
  };
}
