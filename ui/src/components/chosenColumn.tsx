import { type ListColumn, rowControl } from "@/components/ListTable";

type Row = { id: string; name: string };
type Options = { chosen: readonly string[]; toggle: (id: string) => void };

/** Where the rows of a list are chosen. It comes last, as the name comes first. */
export function chosenColumn<R extends Row>({ chosen, toggle }: Options): ListColumn<R> {
  return {
    label: "Chosen",
    isNumeric: true,
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
