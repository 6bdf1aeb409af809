import { ChartFrame } from "@/components/charts/ChartFrame";
import { colorOf } from "@/components/charts/chart";
import { LazyRadarChart } from "@/components/charts/LazyRadarChart";
import { LazySequenceChart } from "@/components/charts/LazySequenceChart";
import { SPOKES_MIN } from "@/components/charts/radar";
import { EmptyState } from "@/components/EmptyState";
import { Segmented } from "@/components/Segmented";
import { type ComparisonSearch, formatMeasure, isUsual, labelOf, unitOf } from "@/features/experiments/comparison";
import type { Side } from "@/features/experiments/useComparison";
import { formatScore } from "@/lib/format";
import styles from "./Comparison.module.css";

const CHART_PX = 240;

const isScore = (measure: string) => measure === "assertions" || measure.startsWith("feedback_scores.");

type ComparisonChartsProps = {
  sides: readonly Side[];
  search: ComparisonSearch;
  onSearch: (search: ComparisonSearch) => void;
};

const SHAPES = [
  { id: "bars", label: "Bars" },
  { id: "radar", label: "Radar" },
] as const;

/** The means of experiments as bars: the scores beside each other, and whatever has a unit of its own by itself. */
export function ComparisonCharts({ sides, search, onSearch }: ComparisonChartsProps) {
  const measures = (sides[0]?.measures ?? []).map(({ measure }) => measure).filter(isUsual);
  const scores = measures.filter(isScore);
  const others = measures.filter((measure) => !isScore(measure));
  if (measures.length === 0) {
    return (
      <EmptyState title="Nothing was measured yet">Charts appear when traces of the runs have arrived.</EmptyState>
    );
  }
  return (
    <div className={styles.charts}>
      {scores.length > 0 && <Scores {...{ sides, scores, search, onSearch }} />}
      {others.map((measure) => (
        <One key={measure} sides={sides} measure={measure} />
      ))}
    </div>
  );
}

const meanOf = ({ measures }: Side, wanted: string) => measures.find(({ measure }) => measure === wanted)?.mean ?? null;

/** Few means are read more quickly than drawn ones. */
const MEANS_SAID = 3;

function meansOf(sides: readonly Side[], measure: string): string {
  if (sides.length > MEANS_SAID) return "means";
  const said = sides.map((side) => {
    const mean = meanOf(side, measure);
    return mean === null ? "–" : formatMeasure(measure, mean);
  });
  return said.join(" / ");
}

const namesOf = (sides: readonly Side[]) => sides.map(({ experiment }) => experiment.name);

type ScoresProps = ComparisonChartsProps & { scores: readonly string[] };

function Scores({ sides, scores, search, onSearch }: ScoresProps) {
  const canBeRadar = scores.length >= SPOKES_MIN;
  const shape = canBeRadar && search.scores === "radar" ? "radar" : "bars";
  const Chart = shape === "radar" ? LazyRadarChart : LazySequenceChart;
  const tools = canBeRadar && (
    <Segmented
      label="Scores as"
      options={SHAPES}
      value={shape}
      onChange={(next) => onSearch({ ...search, scores: next === "radar" ? next : undefined })}
    />
  );
  const series = namesOf(sides).map((label, at) => ({ label, color: colorOf(at), shape: "bar" as const }));
  const places = scores.map((score) => ({
    id: score,
    label: labelOf(score),
    title: labelOf(score),
    values: sides.map((side) => meanOf(side, score)),
  }));
  const lines = () => [
    ["score", ...namesOf(sides)],
    ...scores.map((score) => [labelOf(score), ...sides.map((side) => meanOf(side, score))]),
  ];
  return (
    <ChartFrame title="Scores" value="means" {...{ series, lines, tools }}>
      <Chart label="Scores" height={CHART_PX} {...{ places, series }} format={formatScore} />
    </ChartFrame>
  );
}

function One({ sides, measure }: { sides: readonly Side[]; measure: string }) {
  const title = labelOf(measure);
  const series = [{ label: title, color: colorOf(0), shape: "bar" as const }];
  const places = sides.map((side) => ({
    id: side.experiment.id,
    label: side.experiment.name,
    title: side.experiment.name,
    values: [meanOf(side, measure)],
  }));
  const unit = unitOf(measure);
  const lines = () => [
    ["experiment", unit ? `${title} (${unit})` : title],
    ...sides.map((side) => [side.experiment.name, meanOf(side, measure)]),
  ];
  return (
    <ChartFrame title={title} value={meansOf(sides, measure)} lines={lines}>
      <LazySequenceChart
        label={title}
        height={CHART_PX}
        {...{ places, series }}
        format={(value) => formatMeasure(measure, value)}
      />
    </ChartFrame>
  );
}
