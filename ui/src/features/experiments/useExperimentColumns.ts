import { experimentColumns, RARE_COLUMNS } from "@/features/experiments/experimentColumns";
import { useColumnChoices } from "@/lib/useColumnChoices";

export function useExperimentColumns(options: Parameters<typeof experimentColumns>[0]) {
  const { first, others, last } = experimentColumns(options);
  const choices = useColumnChoices({ key: "experiments.columns", columns: others, rare: RARE_COLUMNS });
  return { ...choices, shown: [first, ...choices.shown, last] };
}
