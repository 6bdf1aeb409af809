import { ChevronsDownUp, ChevronsUpDown, EyeOff, Search, SlidersHorizontal } from "lucide-react";
import { ColumnChoice } from "@/components/ColumnChoice";
import { IconButton } from "@/components/IconButton";
import { SearchBox } from "@/components/SearchBox";
import { JumpMenu } from "@/features/spans/JumpMenu";
import { useRowFacts } from "@/features/spans/rowFacts";
import { SpanViewSwitch } from "@/features/spans/SpanViewSwitch";
import type { SpanView } from "@/features/spans/spanView";
import { useSpanCompleting } from "@/features/spans/useSpanCompleting";
import type { SpanRows } from "@/features/spans/useSpanRows";
import styles from "./SpanExplorer.module.css";

type SpanToolsProps = {
  projectId: string;
  errorId: string | undefined;
  state: SpanRows;
  view: SpanView;
  onView: (view: SpanView) => void;
  onSelect: (id: string) => void;
};

export function SpanTools({ projectId, errorId, state, view, onView, onSelect }: SpanToolsProps) {
  const completing = useSpanCompleting(projectId, state.roots[0]?.span.id ?? "");
  const facts = useRowFacts();
  return (
    <div className={styles.tools}>
      <SpanViewSwitch view={view} onView={onView} />
      <div className={styles.search}>
        <SearchBox
          label="Search spans"
          placeholder="Words, or error:true"
          icon={<Search aria-hidden />}
          value={state.query}
          errorId={errorId}
          completing={completing}
          isInstant
          onSubmit={state.setQuery}
        />
      </div>
      <div className={styles.buttons}>
        <JumpMenu roots={state.roots} onSelect={onSelect} />
        {view === "tree" && (
          <ColumnChoice
            label="What rows tell"
            icon={<SlidersHorizontal aria-hidden />}
            labels={facts.labels}
            shown={facts.shown}
            onToggle={facts.toggle}
            onToggleAll={facts.toggleAll}
          />
        )}
        {view !== "transcript" && view !== "graph" && (
          <IconButton
            label="Hide spans that are no calls"
            aria-pressed={state.isHiding}
            onPress={() => state.setHiding(!state.isHiding)}
          >
            <EyeOff aria-hidden />
          </IconButton>
        )}
        {(view === "tree" || view === "timeline") && (
          <>
            <IconButton label="Expand all" onPress={state.expandAll}>
              <ChevronsUpDown aria-hidden />
            </IconButton>
            <IconButton label="Collapse all" onPress={state.collapseAll}>
              <ChevronsDownUp aria-hidden />
            </IconButton>
          </>
        )}
      </div>
    </div>
  );
}
