import type { ReactNode } from "react";
import { ColorKey } from "@/components/charts/ColorKey";
import { colorOf } from "@/components/charts/chart";
import { LazyRadarChart } from "@/components/charts/LazyRadarChart";
import { LazySequenceChart } from "@/components/charts/LazySequenceChart";
import { SPOKES_MIN } from "@/components/charts/radar";
import { Scrollable } from "@/components/Scrollable";
import { Awaited } from "@/features/dashboards/Awaited";
import styles from "@/features/dashboards/Dashboard.module.css";
import { Note } from "@/features/dashboards/Note";
import { countOf, projectOf, settingOf, settingsOf, shapeOf } from "@/features/dashboards/settings";
import {
  type RankedExperiment,
  scoreNamesOf,
  scoreOf,
  useRankedExperiments,
} from "@/features/dashboards/useRankedExperiments";
import type { WidgetBodyProps } from "@/features/dashboards/WidgetBody";
import { useWidgetLines } from "@/features/dashboards/widgetLines";
import { formatScore } from "@/lib/format";

/** The scores of experiments beside each other: as bars, as lines from one experiment to the next, or on a radar. */
export function ExperimentScores({ widget, ...props }: WidgetBodyProps) {
  const { experiments, failure, refresh } = useRankedExperiments({
    projectId: projectOf(widget, props.projectId),
    filter: settingOf(widget, "filter"),
    rankedBy: null,
    isAscending: false,
    most: countOf(widget, "maxExperimentsCount", 10),
    revision: props.looked.revision,
  });
  const chosen = settingsOf(widget, "feedbackScores");
  const names = scoreNamesOf(experiments ?? []).filter((name) => chosen.length === 0 || chosen.includes(name));
  useWidgetLines(
    experiments &&
      (() => [
        ["experiment", ...names],
        ...experiments.map((each) => [each.name, ...names.map((name) => scoreOf(each, name))]),
      ]),
  );
  if (failure || !experiments) return <Awaited failure={failure} onRetry={refresh} />;
  if (names.length === 0) return <Note>no scores yet</Note>;
  const label = widget.title || "Scores of experiments";
  const shape = shapeOf(widget);
  if (shape === "line") return <AsLines {...{ label, experiments, names }} />;
  if (shape === "radar" && names.length >= SPOKES_MIN) return <AsRadar {...{ label, experiments, names }} />;
  return (
    <Scrollable label={`${label}, scrollable`} className={styles.scroll}>
      {shape === "radar" && <Note>A radar is drawn of {SPOKES_MIN} scores or more.</Note>}
      <AsBars {...{ experiments, names }} />
    </Scrollable>
  );
}

type ScoresProps = { experiments: readonly RankedExperiment[]; names: readonly string[] };

function AsBars({ experiments, names }: ScoresProps) {
  return names.map((name) => {
    const scored = experiments.flatMap((experiment) => {
      const value = scoreOf(experiment, name);
      return value === null ? [] : [{ id: experiment.id, label: experiment.name, value }];
    });
    const most = Math.max(...scored.map(({ value }) => Math.abs(value))) || 1;
    return (
      <table key={name} className={styles.bars}>
        <caption>{name}</caption>
        <tbody>
          {scored.map(({ id, label, value }, at) => (
            <tr key={id}>
              <th scope="row">{label}</th>
              <td>
                <div style={{ width: `${(100 * Math.abs(value)) / most}%`, background: colorOf(at) }} aria-hidden />
              </td>
              <td>{formatScore(value)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    );
  });
}

type ChartProps = ScoresProps & { label: string };

/** The newest is read first and drawn last. */
function AsLines({ label, experiments, names }: ChartProps) {
  const places = experiments.toReversed().map((experiment) => ({
    id: experiment.id,
    label: experiment.name,
    title: experiment.name,
    values: names.map((name) => scoreOf(experiment, name)),
  }));
  const series = names.map((name, at) => ({ label: name, color: colorOf(at), shape: "line" as const }));
  return (
    <Drawn series={series}>
      <LazySequenceChart label={label} height="100%" {...{ places, series }} format={formatScore} />
    </Drawn>
  );
}

/** More surfaces cannot be told from each other. */
const SURFACES_MAX = 6;

function AsRadar({ label, experiments: all, names }: ChartProps) {
  const experiments = all.slice(0, SURFACES_MAX);
  const places = names.map((name) => ({
    id: name,
    label: name,
    title: name,
    values: experiments.map((experiment) => scoreOf(experiment, name)),
  }));
  const series = experiments.map(({ name }, at) => ({ label: name, color: colorOf(at), shape: "line" as const }));
  return (
    <Drawn series={series}>
      <LazyRadarChart label={label} height="100%" {...{ places, series }} format={formatScore} />
      {all.length > SURFACES_MAX && (
        <p className={styles.unit}>
          the newest {SURFACES_MAX} of {all.length}
        </p>
      )}
    </Drawn>
  );
}

function Drawn({ series, children }: { series: readonly { label: string; color: string }[]; children: ReactNode }) {
  return (
    <div className={styles.chart}>
      {children}
      <ColorKey label="Colours" series={series} isShort />
    </div>
  );
}
