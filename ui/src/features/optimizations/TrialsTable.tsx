import { type ReactNode, useState } from "react";
import { Badge } from "@/components/Badge";
import { type ListColumn, ListTable, RowNote } from "@/components/ListTable";
import { Time } from "@/components/Time";
import { ScoreChange } from "@/features/optimizations/ScoreChange";
import {
  inOrder,
  isTrialSort,
  type NumberedTrial,
  parametersOf,
  promptsOf,
  type Setting,
} from "@/features/optimizations/trials";
import { UnreadTrials } from "@/features/optimizations/UnreadTrials";
import type { Optimization } from "@/features/optimizations/useOptimization";
import { type TrialExperiment, useTrialExperiments } from "@/features/optimizations/useTrialExperiments";
import { formatCost, formatCount, formatDuration } from "@/lib/format";
import { nextSortOrder, parseSortOrder, type SortOrder, writeSortOrder } from "@/lib/sortOrder";
import styles from "./Optimizations.module.css";

type TrialsTableProps = {
  optimization: Optimization;
  trials: readonly NumberedTrial[];
  revision: number;
  sort: string | undefined;
  experimentLink: (experiment: TrialExperiment, label: string) => ReactNode;
  onSort: (sort: string | undefined) => void;
};

const NEWEST: SortOrder = { field: "number", direction: "DESC" };
const PAGE_TRIALS = 100;
const PROMPT_CHARS = 160;

/** The trials with what was tried in each, in any order. */
export function TrialsTable({ optimization, trials, revision, sort, experimentLink, onSort }: TrialsTableProps) {
  const [count, setCount] = useState(PAGE_TRIALS);
  const order = parseSortOrder(sort, NEWEST);
  const field = isTrialSort(order.field) ? order.field : "number";
  const ordered = inOrder(trials, field, order.direction);
  const shown = ordered.slice(0, count);
  const {
    found: experiments,
    failure,
    refresh,
  } = useTrialExperiments(
    shown.map(({ experimentId }) => experimentId),
    revision,
  );
  const parameters = parametersOf(shown.map(({ experimentId }) => experiments.get(experimentId)?.metadata ?? null));
  const rows = shown.map((trial, at) => ({
    ...trial,
    experiment: experiments.get(trial.experimentId),
    parameters: parameters[at] ?? [],
  }));
  return (
    <>
      <UnreadTrials what="What was tried" failure={failure} onRetry={refresh} />
      <ListTable
        label="Trials"
        columns={columnsOf(optimization, experimentLink)}
        rows={rows}
        keyOf={({ experimentId }) => experimentId}
        order={{
          sort: { ...order, field },
          onSort: (next) => onSort(writeSortOrder(nextSortOrder(order, next, NEWEST), NEWEST)),
        }}
        more={
          ordered.length > count
            ? { failure: null, isLoading: false, onMore: () => setCount(count + PAGE_TRIALS) }
            : null
        }
      />
    </>
  );
}

type Row = NumberedTrial & { experiment: TrialExperiment | undefined; parameters: readonly Setting[] };

const columnsOf = (
  { baseline, best, objectiveName }: Optimization,
  experimentLink: TrialsTableProps["experimentLink"],
): ListColumn<Row>[] => [
  {
    label: "Trial",
    sort: "number",
    cell: ({ number, kind, experimentId, experiment }) => (
      <div className={styles.trial}>
        {experiment ? experimentLink(experiment, `${number}: ${experiment.name}`) : number}
        {experimentId === best?.experimentId && <Badge tone="accent">best</Badge>}
        {experimentId === baseline?.experimentId && <Badge>initial</Badge>}
        {kind === "MINI_BATCH" && <Badge>mini-batch</Badge>}
        {kind === "MUTATION" && <Badge>mutation</Badge>}
        {experiment?.status === "FAILED" && <Badge tone="danger">failed</Badge>}
      </div>
    ),
  },
  {
    label: objectiveName,
    sort: "score",
    isNumeric: true,
    cell: ({ objectiveScore }) => <ScoreChange score={objectiveScore} from={baseline?.objectiveScore} />,
  },
  {
    label: "Tried",
    isMinor: true,
    cell: ({ experiment, parameters }) => (
      <>
        <RowNote>{parameters.map(({ key, value }) => `${key} ${value}`).join(", ")}</RowNote>
        <p className={styles.tried}>{promptPreview(experiment)}</p>
      </>
    ),
  },
  {
    label: "Duration of each",
    sort: "duration",
    isNumeric: true,
    isMinor: true,
    cell: ({ duration }) => formatDuration(duration) || "–",
  },
  {
    label: "Cost of each",
    sort: "cost",
    isNumeric: true,
    isMinor: true,
    cell: ({ cost }) => formatCost(cost) || "–",
  },
  {
    label: "Traces",
    sort: "traces",
    isNumeric: true,
    isMinor: true,
    cell: ({ traceCount }) => formatCount(traceCount),
  },
  { label: "Created", isMinor: true, cell: ({ createdAt }) => <Time at={createdAt} style="relative" /> },
];

function promptPreview(experiment: TrialExperiment | undefined): string {
  const texts = promptsOf(experiment?.metadata ?? null).map(({ text }) => text);
  const whole = texts.join("\n");
  return whole.length > PROMPT_CHARS ? `${whole.slice(0, PROMPT_CHARS)}…` : whole;
}
