import { diffLines } from "diff";
import type { DiffLine } from "@/components/DiffView";

/** The time to compare grows with what differs: after so long two texts are taken to have nothing in common. */
const COMPARING_MS_MAX = 1_000;

/** The lines of two texts, kept, removed and added, with their numbers in each. */
export function diffOfTexts(before: string, after: string): DiffLine[] {
  let [oldNumber, newNumber] = [0, 0];
  const changes = diffLines(before, after, { timeout: COMPARING_MS_MAX }) ?? [
    { value: before, removed: true, added: false },
    { value: after, removed: false, added: true },
  ];
  return changes.flatMap(({ value, added, removed }) =>
    value
      .replace(/\n$/, "")
      .split("\n")
      .map((text): DiffLine => {
        if (!added) oldNumber += 1;
        if (!removed) newNumber += 1;
        const kind = added ? "ADDED" : removed ? "REMOVED" : "KEPT";
        return { kind, text, oldNumber: added ? null : oldNumber, newNumber: removed ? null : newNumber };
      }),
  );
}
