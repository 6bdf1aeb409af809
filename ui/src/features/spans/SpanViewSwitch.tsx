import { ChartGantt, Flame, ListTree, MessagesSquare, Workflow } from "lucide-react";
import { ToggleButton, ToggleButtonGroup } from "react-aria-components";
import { SPAN_VIEWS, type SpanView } from "@/features/spans/spanView";
import styles from "./SpanExplorer.module.css";

const LOOKS = {
  tree: { label: "Tree", Icon: ListTree },
  timeline: { label: "Timeline", Icon: ChartGantt },
  flame: { label: "Flame chart", Icon: Flame },
  transcript: { label: "Transcript", Icon: MessagesSquare },
  graph: { label: "Graph", Icon: Workflow },
};

export function SpanViewSwitch({ view, onView }: { view: SpanView; onView: (view: SpanView) => void }) {
  return (
    <ToggleButtonGroup
      aria-label="View of the spans"
      className={styles.views ?? ""}
      disallowEmptySelection
      selectedKeys={[view]}
      onSelectionChange={(keys) => onView(SPAN_VIEWS.find((name) => keys.has(name)) ?? "tree")}
    >
      {SPAN_VIEWS.map((name, index) => {
        const { label, Icon } = LOOKS[name];
        return (
          <ToggleButton key={name} id={name} aria-label={label} className={styles.view ?? ""}>
            <Icon aria-hidden />
            <span title={`${label} (${index + 1})`} className={styles.cover} />
          </ToggleButton>
        );
      })}
    </ToggleButtonGroup>
  );
}
