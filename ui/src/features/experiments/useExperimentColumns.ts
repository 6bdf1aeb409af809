import { useState } from "react";
import { experimentColumns, RARE_COLUMNS } from "@/features/experiments/experimentColumns";
import { useStored } from "@/lib/storage";
import { useColumnChoices } from "@/lib/useColumnChoices";

const parsePaths = (value: unknown) =>
  Array.isArray(value) ? value.filter((path): path is string => typeof path === "string") : undefined;

const NO_PATHS: readonly string[] = [];

/** The paths of the configuration that have a column in this browser. */
export function useConfigurationPaths() {
  const [paths, setPaths] = useStored<readonly string[]>("experiments.paths", parsePaths, NO_PATHS);
  const [isAdding, setAdding] = useState(false);
  return {
    paths,
    isAdding,
    setAdding,
    add: (path: string) => {
      setPaths(paths.includes(path) ? paths : [...paths, path]);
      setAdding(false);
    },
    drop: (path: string) => setPaths(paths.filter((other) => other !== path)),
  };
}

type Options = Parameters<typeof experimentColumns>[0] & { onPathDropped: (path: string) => void };

export function useExperimentColumns({ onPathDropped, ...options }: Options) {
  const { first, others, ofPaths, last } = experimentColumns(options);
  const choices = useColumnChoices({ key: "experiments.columns", columns: others, rare: RARE_COLUMNS });
  const pathOf = (label: string) => options.paths[ofPaths.findIndex((column) => column.label === label)];
  const pathLabels = ofPaths.map(({ label }) => label);
  return {
    labels: [...choices.labels, ...pathLabels],
    shownLabels: [...choices.shownLabels, ...pathLabels],
    shown: [first, ...choices.shown, ...ofPaths, last],
    /** A column of a path that is no longer wanted is gone. */
    toggle: (label: string) => {
      const path = pathOf(label);
      if (path === undefined) choices.toggle(label);
      else onPathDropped(path);
    },
  };
}
