import { Awaited } from "@/features/dashboards/Awaited";
import styles from "@/features/dashboards/Dashboard.module.css";
import { singleOf } from "@/features/dashboards/figures";
import { Note } from "@/features/dashboards/Note";
import { projectOf, settingOf } from "@/features/dashboards/settings";
import { type FigureGroup, type Looked, useFigures } from "@/features/dashboards/useFigures";
import type { WidgetBodyProps } from "@/features/dashboards/WidgetBody";
import { useWidgetLines } from "@/features/dashboards/widgetLines";
import { formatScore } from "@/lib/format";

/** One figure, and how it stands to the same stretch of time before. */
export function OneFigure({ widget, looked, ...props }: WidgetBodyProps) {
  const id = settingOf(widget, "metric") ?? "trace_count";
  const single = singleOf(id);
  const asked = {
    entity: settingOf(widget, "source") === "spans" ? ("SPAN" as const) : ("TRACE" as const),
    projectId: projectOf(widget, props.projectId),
    filter: settingOf(widget, "filter"),
    measures: single?.measure ? [single.measure] : [],
    by: [],
    pause: single === undefined,
  };
  const now = useFigures({ ...asked, ...looked });
  const before = useFigures({ ...asked, ...stretchBefore(looked) });
  const read = (groups: readonly FigureGroup[] | null): number | null => {
    const point = groups?.[0]?.points[0];
    return (single?.measure ? point?.values[0]?.[single.figure] : point?.count) ?? null;
  };
  const [value, old] = [read(now.groups), read(before.groups)];
  useWidgetLines(
    now.groups &&
      (() => [
        ["from (UTC)", "to (UTC)", `${single?.label} (${single?.unit})`],
        [new Date(looked.fromMs).toISOString(), new Date(looked.toMs).toISOString(), value],
      ]),
  );
  if (!single) return <Note>This page does not know the figure “{id}”.</Note>;
  if (now.failure || !now.groups) return <Awaited failure={now.failure} onRetry={now.refresh} />;
  return (
    <div className={styles.figure}>
      <strong>{value === null ? "–" : single.format(value)}</strong>
      <span>{changeOf(value, old) ?? single.label}</span>
    </div>
  );
}

const stretchBefore = ({ fromMs, toMs, revision }: Looked): Looked => ({
  fromMs: fromMs - (toMs - fromMs),
  toMs: fromMs,
  revision,
});

function changeOf(value: number | null, old: number | null): string | null {
  if (value === null || old === null || old === 0) return null;
  const percent = ((value - old) / old) * 100;
  const sign = percent > 0 ? "+" : percent < 0 ? "−" : "±";
  return `${sign}${formatScore(Math.round(Math.abs(percent)))} % to the time before`;
}
