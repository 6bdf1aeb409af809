import { experimentColumns, RARE_COLUMNS } from "@/features/experiments/experimentColumns";
import { useStored } from "@/lib/storage";

function parseChoices(value: unknown): Record<string, boolean> | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  return Object.fromEntries(Object.entries(value).filter(([, isShown]) => typeof isShown === "boolean"));
}

/** The columns that this browser shows: all but the rare ones, unless it was said otherwise. */
export function useExperimentColumns(options: Parameters<typeof experimentColumns>[0]) {
  const [choices, setChoices] = useStored("experiments.columns", parseChoices, {});
  const { first, others, last } = experimentColumns(options);
  const isShown = (label: string) => choices[label] ?? !RARE_COLUMNS.includes(label);
  const labels = others.map(({ label }) => label);
  return {
    labels,
    shownLabels: labels.filter(isShown),
    shown: [first, ...others.filter(({ label }) => isShown(label)), last],
    toggle: (label: string) => setChoices({ ...choices, [label]: !isShown(label) }),
  };
}
