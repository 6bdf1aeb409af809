import { colorOf } from "@/components/charts/chart";
import { Scrollable } from "@/components/Scrollable";
import { Awaited } from "@/features/dashboards/Awaited";
import styles from "@/features/dashboards/Dashboard.module.css";
import { Note } from "@/features/dashboards/Note";
import { countOf, projectOf, settingOf, settingsOf } from "@/features/dashboards/settings";
import { scoreNamesOf, scoreOf, useRankedExperiments } from "@/features/dashboards/useRankedExperiments";
import type { WidgetBodyProps } from "@/features/dashboards/WidgetBody";
import { useWidgetLines } from "@/features/dashboards/widgetLines";
import { formatScore } from "@/lib/format";

/** The scores of experiments beside each other, as bars. */
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
  return (
    <Scrollable label={`${widget.title || "Scores of experiments"}, scrollable`} className={styles.scroll}>
      {names.map((name) => {
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
      })}
    </Scrollable>
  );
}
