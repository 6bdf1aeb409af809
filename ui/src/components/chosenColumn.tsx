import type { ReactNode } from "react";
import { type ListColumn, rowControl } from "@/components/ListTable";
import type { ChosenAll } from "@/lib/useChosen";

type Row = { id: string; name: string };
type Options<R> = {
  chosen: readonly string[];
  toggle: (id: string) => void;
  all?: ChosenAll;
  /** What else can be done with a row, after its choice. */
  acts?: (row: R) => ReactNode;
};

/** Where the rows of a list are chosen, each or all that are shown. It comes last, as the name comes first. */
export function chosenColumn<R extends Row>({ chosen, toggle, all, acts }: Options<R>): ListColumn<R> {
  return {
    label: "Chosen",
    isNumeric: true,
    ...(all && { head: <ChooseAll {...all} isBesideActs={acts !== undefined} /> }),
    cell: (row) => (
      <div className={rowControl}>
        <input
          type="checkbox"
          aria-label={`Choose ${row.name}`}
          checked={chosen.includes(row.id)}
          onChange={() => toggle(row.id)}
        />
        {acts?.(row)}
      </div>
    ),
  };
}

function ChooseAll({ isEvery, isSome, toggle, isBesideActs }: ChosenAll & { isBesideActs: boolean }) {
  return (
    <div className={rowControl} data-beside={isBesideActs || undefined}>
      <input
        type="checkbox"
        aria-label="Choose all that are shown"
        checked={isEvery}
        ref={(box) => {
          if (box) box.indeterminate = isSome && !isEvery;
        }}
        onChange={toggle}
      />
    </div>
  );
}
