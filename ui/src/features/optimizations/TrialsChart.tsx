import { ChartFrame } from "@/components/charts/ChartFrame";
import { LazySequenceChart } from "@/components/charts/LazySequenceChart";
import type { SequenceSeries } from "@/components/charts/sequence";
import type { NumberedTrial } from "@/features/optimizations/trials";
import { formatCount, formatInstant, formatScore } from "@/lib/format";

type TrialsChartProps = {
  objective: string;
  trials: readonly NumberedTrial[];
  nameOf: (experimentId: string) => string | undefined;
  onChoose: (experimentId: string) => void;
};

const TRIALS_DRAWN = 1_000;
const CHART_PX = 260;
const BEST: SequenceSeries = { label: "best so far", color: "var(--accent)", shape: "steps" };
const TRIAL: SequenceSeries = { label: "trial", color: "var(--kind-llm)", shape: "dots" };
const MINI_BATCH: SequenceSeries = { label: "mini-batch", color: "var(--ink-muted)", shape: "dots" };

/** The score of each trial, and the best until then. */
export function TrialsChart({ objective, trials, nameOf, onChoose }: TrialsChartProps) {
  const hasMiniBatches = trials.some(({ kind }) => kind === "MINI_BATCH");
  const series = hasMiniBatches ? [BEST, TRIAL, MINI_BATCH] : [BEST, TRIAL];
  const drawn = trials.slice(-TRIALS_DRAWN);
  const places = drawn.map(({ experimentId, number, kind, createdAt, objectiveScore, bestScore }) => {
    const score = objectiveScore ?? null;
    const values = kind === "MINI_BATCH" ? [bestScore, null, score] : [bestScore, score, null];
    return {
      id: experimentId,
      label: String(number),
      title: [`Trial ${number}`, nameOf(experimentId)].filter(Boolean).join(": "),
      note: formatInstant(createdAt).slice(0, 19),
      values: values.slice(0, series.length),
    };
  });
  const title = `${objective} by trial`;
  const cut =
    trials.length > drawn.length ? `the newest ${formatCount(drawn.length)} of ${formatCount(trials.length)}` : "";
  const lines = () => [
    [
      "trial",
      "experiment",
      "kind",
      "created (UTC)",
      objective,
      "best so far",
      "traces",
      "duration (ms)",
      "cost (US dollars)",
    ],
    ...trials.map((trial) => [
      trial.number,
      trial.experimentId,
      trial.kind.toLowerCase(),
      trial.createdAt,
      trial.objectiveScore,
      trial.bestScore,
      trial.traceCount,
      trial.duration,
      trial.cost,
    ]),
  ];
  return (
    <ChartFrame title={title} value={cut} series={series} lines={lines}>
      <LazySequenceChart
        label={title}
        height={CHART_PX}
        places={places}
        series={series}
        format={formatScore}
        onChoose={onChoose}
      />
    </ChartFrame>
  );
}
