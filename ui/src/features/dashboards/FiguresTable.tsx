import { Scrollable } from "@/components/Scrollable";
import { Awaited } from "@/features/dashboards/Awaited";
import styles from "@/features/dashboards/Dashboard.module.css";
import { groupField } from "@/features/dashboards/figures";
import { Note } from "@/features/dashboards/Note";
import { projectOf, settingOf } from "@/features/dashboards/settings";
import { type FigureGroup, useFigures } from "@/features/dashboards/useFigures";
import type { WidgetBodyProps } from "@/features/dashboards/WidgetBody";
import { useWidgetLines } from "@/features/dashboards/widgetLines";
import { formatCompact, formatCost, formatCount, formatDuration } from "@/lib/format";

const MEASURES = ["error", "duration", "cost", "usage.total_tokens"];
const GROUPS_MAX = 50;

/** How much, how fast and how dear, by the values of a field. */
export function FiguresTable({ widget, looked, ...props }: WidgetBodyProps) {
  const field = groupField(widget.config.breakdown) ?? "name";
  const { groups, failure, refresh } = useFigures({
    entity: settingOf(widget, "source") === "spans" ? "SPAN" : "TRACE",
    projectId: projectOf(widget, props.projectId),
    filter: settingOf(widget, "filter"),
    measures: MEASURES,
    by: [field],
    groups: GROUPS_MAX,
    ...looked,
  });
  useWidgetLines(
    groups &&
      (() => [
        [field, "count", "failed (count)", "p50 (milliseconds)", "cost (US dollars)", "tokens (count)"],
        ...groups.map((group) => {
          const [errors, duration, cost, tokens] = group.points[0]?.values ?? [];
          return [nameOf(group), group.count, errors?.count ?? 0, duration?.p50, cost?.sum, tokens?.sum];
        }),
      ]),
  );
  if (failure || !groups) return <Awaited failure={failure} onRetry={refresh} />;
  if (groups.length === 0) return <Note>nothing in this time</Note>;
  return (
    <Scrollable label={`${widget.title || "Table"}, scrollable`} className={styles.scroll}>
      <table className={styles.table}>
        <thead>
          <tr>
            <th scope="col">{field}</th>
            <th scope="col">Count</th>
            <th scope="col">Failed</th>
            <th scope="col">Duration p50</th>
            <th scope="col">Cost</th>
            <th scope="col">Tokens</th>
          </tr>
        </thead>
        <tbody>
          {groups.map((group) => {
            const { by, count, points } = group;
            const [errors, duration, cost, tokens] = points[0]?.values ?? [];
            const name = nameOf(group);
            return (
              <tr key={`${by[0]?.isOthers} ${name}`}>
                <th scope="row">{name}</th>
                <td>{formatCount(count)}</td>
                <td>{formatCount(errors?.count ?? 0)}</td>
                <td>{formatDuration(duration?.p50) || "–"}</td>
                <td>{formatCost(cost?.sum) || "–"}</td>
                <td>{tokens?.sum == null ? "–" : formatCompact(tokens.sum)}</td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </Scrollable>
  );
}

const nameOf = ({ by: [key] }: FigureGroup) => (key?.isOthers ? "others" : (key?.value ?? "none"));
