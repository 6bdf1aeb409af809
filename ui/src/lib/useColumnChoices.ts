import { useStored } from "@/lib/storage";

function parseChoices(value: unknown): Record<string, boolean> | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  return Object.fromEntries(Object.entries(value).filter(([, isShown]) => typeof isShown === "boolean"));
}

type Options<Column> = {
  /** Under which the choice is kept in this browser. */
  key: string;
  columns: readonly Column[];
  /** Those that are shown only if it was said so. */
  rare: readonly string[];
};

/** The columns that this browser shows: all but the rare ones, unless it was said otherwise. */
export function useColumnChoices<Column extends { label: string }>({ key, columns, rare }: Options<Column>) {
  const [choices, setChoices] = useStored(key, parseChoices, {});
  const isShown = (label: string) => choices[label] ?? !rare.includes(label);
  const labels = columns.map(({ label }) => label);
  return {
    labels,
    shownLabels: labels.filter(isShown),
    shown: columns.filter(({ label }) => isShown(label)),
    toggle: (label: string) => setChoices({ ...choices, [label]: !isShown(label) }),
  };
}
