import { Markdown } from "@/components/Markdown";
import { Scrollable } from "@/components/Scrollable";
import type { Widget } from "@/features/dashboards/config";
import { ExperimentScores } from "@/features/dashboards/ExperimentScores";
import { FiguresOverTime } from "@/features/dashboards/FiguresOverTime";
import { FiguresTable } from "@/features/dashboards/FiguresTable";
import { Leaderboard } from "@/features/dashboards/Leaderboard";
import { OneFigure } from "@/features/dashboards/OneFigure";
import type { Looked } from "@/features/dashboards/useFigures";
import styles from "./Dashboard.module.css";

export type WidgetBodyProps = { widget: Widget; projectId: string | null; looked: Looked };

/** What a widget shows, by its type. */
export function WidgetBody(props: WidgetBodyProps) {
  const { type, title, config } = props.widget;
  if (type === "project_metrics") return <FiguresOverTime {...props} />;
  if (type === "project_stats_card") return <OneFigure {...props} />;
  if (type === "statistics_table") return <FiguresTable {...props} />;
  if (type === "experiment_leaderboard") return <Leaderboard {...props} />;
  if (type === "experiments_feedback_scores") return <ExperimentScores {...props} />;
  if (type === "text_markdown") {
    return (
      <Scrollable label={`${title || "Text"}, scrollable`} className={styles.scroll}>
        <Markdown text={typeof config.content === "string" ? config.content : ""} />
      </Scrollable>
    );
  }
  return <p className={styles.note}>This page does not know how to draw “{type}”.</p>;
}
