import { type ListColumn, rowControl } from "@/components/ListTable";
import type { ChosenAll } from "@/lib/useChosen";

type Row = { id: string; name: string };
type Options = { chosen: readonly string[]; toggle: (id: string) => void; all?: ChosenAll };

/** Where the rows of a list are chosen, each or all that are shown. It comes last, as the name comes first. */
export function chosenColumn<R extends Row>({ chosen, toggle, all }: Options): ListColumn<R> {
  return {
    label: "Chosen",
    isNumeric: true,
    ...(all && { head: <ChooseAll {...all} /> }),
    cell: ({ id, name }) => (
      <div className={rowControl}>
        <input
          type="checkbox"
          aria-label={`Choose ${name}`}
          checked={chosen.includes(id)}
          onChange={() => toggle(id)}
        />
      </div>
    ),
  };
}

function ChooseAll({ isEvery, isSome, toggle }: ChosenAll) {
  return (
    <div className={rowControl}>
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
