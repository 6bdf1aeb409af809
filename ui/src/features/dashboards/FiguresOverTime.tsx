import { ColorKey } from "@/components/charts/ColorKey";
import { type ChartPoint, type ChartSeries, colorOf, timeZoneName, widthName } from "@/components/charts/chart";
import { LazyTimeChart } from "@/components/charts/LazyTimeChart";
import { Awaited } from "@/features/dashboards/Awaited";
import styles from "@/features/dashboards/Dashboard.module.css";
import { groupField, isOfScores, type Metric, metricOf } from "@/features/dashboards/figures";
import { Note } from "@/features/dashboards/Note";
import { projectOf, settingOf, settingsOf } from "@/features/dashboards/settings";
import { type FigureGroup, type FigurePoint, useFigures, useScoreNames } from "@/features/dashboards/useFigures";
import type { WidgetBodyProps } from "@/features/dashboards/WidgetBody";
import { useWidgetLines } from "@/features/dashboards/widgetLines";

const SCORES_MAX = 6;
const GROUPS_MAX = 6;

/** A chart of one figure over time, of several names or groups. */
export function FiguresOverTime({ widget, looked, ...props }: WidgetBodyProps) {
  const id = settingOf(widget, "metricType") ?? "TRACE_COUNT";
  const projectId = projectOf(widget, props.projectId);
  const chosen = settingsOf(widget, "feedbackScores");
  const entity = id.startsWith("SPAN_") ? "SPAN" : "TRACE";
  const isAsked = isOfScores(id) && chosen.length === 0;
  const scores = useScoreNames({ entity, projectId, ...looked, pause: !isAsked });
  const known = scores.names;
  const metric = metricOf(id, (chosen.length > 0 ? chosen : (known ?? [])).slice(0, SCORES_MAX));
  const field = groupField(widget.config.breakdown);
  const { groups, bucketSeconds, failure, refresh } = useFigures({
    entity,
    projectId,
    filter: settingOf(widget, "filter"),
    measures: metric?.measures.map(({ measure }) => measure) ?? [],
    by: field ? [field] : [],
    groups: GROUPS_MAX,
    isOverTime: true,
    pause: known === null || metric === undefined,
    ...looked,
  });
  const isScoreless = known !== null && isOfScores(id) && metric?.measures.length === 0;
  const shape = { bar: "bar", line: "line" }[settingOf(widget, "chartType") ?? ""] ?? metric?.shape;
  const chart =
    metric && groups && !isScoreless ? drawn(metric, groups, field !== null, shape === "bar" ? "bar" : "line") : null;
  useWidgetLines(
    chart &&
      (() => [
        ["from (UTC)", ...chart.series.map(({ label }) => `${label} (${metric?.unit})`)],
        ...chart.points.map(({ time, values }) => [time, ...values]),
      ]),
  );
  if (!metric) return <Note>This page does not know the figure “{id}”.</Note>;
  if (scores.failure) return <Awaited failure={scores.failure} onRetry={scores.refresh} />;
  if (failure) return <Awaited failure={failure} onRetry={refresh} />;
  if (isScoreless) return <Note>no scores in this time</Note>;
  if (!chart) return <Awaited failure={null} onRetry={refresh} />;
  const { points, series } = chart;
  return (
    <div className={styles.chart}>
      <LazyTimeChart
        label={widget.title || metric.label}
        height="100%"
        points={points}
        series={series}
        bucketSeconds={bucketSeconds}
        format={metric.format}
      />
      <p className={styles.unit}>
        {isPlain(metric) && `${metric.unit}, `}per {widthName(bucketSeconds)}, {timeZoneName()}
      </p>
      {series.length > 1 && <ColorKey label="Colours" series={series} isShort />}
    </div>
  );
}

/** Whether values are written without a unit. */
const isPlain = ({ format }: Metric) => /^[\d.]+$/.test(format(1));

/** One series for each measure; or, of the first measure, one for each group. */
function drawn(
  metric: Metric,
  groups: readonly FigureGroup[],
  isGrouped: boolean,
  shape: ChartSeries["shape"],
): { points: ChartPoint[]; series: ChartSeries[] } {
  const [only] = metric.measures;
  const read = (point: FigurePoint | undefined, at: number): number | null => {
    if (!point) return null;
    const measure = metric.measures[at];
    return measure ? (point.values[at]?.[measure.figure] ?? null) : point.count;
  };
  const times = groups[0]?.points ?? [];
  const labels = isGrouped
    ? groups.map(({ by: [key] }) => (key?.isOthers ? "others" : (key?.value ?? "none")))
    : only
      ? metric.measures.map(({ label }) => label)
      : [metric.label];
  return {
    series: labels.map((label, at) => ({ label, shape, color: colorOf(at) })),
    points: times.map(({ time }, at) => ({
      time: time ?? "",
      values: isGrouped
        ? groups.map(({ points }) => read(points[at], 0))
        : labels.map((_, measure) => read(times[at], measure)),
    })),
  };
}
