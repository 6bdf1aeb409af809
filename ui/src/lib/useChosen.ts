import { useState } from "react";

/** Which rows of a list are chosen; of those that are no longer in it nothing is said. */
export function useChosen<Row extends { id: string }>(rows: readonly Row[]) {
  const [ids, setIds] = useState<readonly string[]>([]);
  return {
    ids,
    rows: rows.filter(({ id }) => ids.includes(id)),
    toggle: (id: string) => setIds(ids.includes(id) ? ids.filter((other) => other !== id) : [...ids, id]),
    clear: () => setIds([]),
  };
}
