import { diffLines } from "diff";
import type { DiffLine } from "@/components/DiffView";

/** The lines of two texts, kept, removed and added, with their numbers in each. */
export function diffOfTexts(before: string, after: string): DiffLine[] {
  let [oldNumber, newNumber] = [0, 0];
  return diffLines(before, after).flatMap(({ value, added, removed }) =>
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
