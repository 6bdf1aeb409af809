import type { ReactNode } from "react";
import { Button } from "@/components/Button";
import { exportRows } from "@/entities/logs/exportRows";
import type { useDiffering } from "@/entities/logs/facts/useDiffering";
import { FilterChips } from "@/entities/logs/filter/FilterChips";
import { StandingMenus } from "@/entities/logs/filter/StandingMenus";
import type { Asking } from "@/entities/logs/filter/useKnown";
import type { LogItem, LogKind } from "@/entities/logs/logKind";
import { SelectionBar } from "@/entities/logs/SelectionBar";
import type { LogColumns } from "@/entities/logs/useLogColumns";
import type { Selection } from "@/entities/logs/useSelection";
import styles from "./Logs.module.css";

type LogsLineProps<Row> = {
  kind: LogKind<Row>;
  items: readonly LogItem<Row>[];
  columns: LogColumns<Row>;
  selection: Selection;
  known: Asking;
  differing: ReturnType<typeof useDiffering>;
  filter: string;
  lead: ReactNode;
  actions: (selection: Selection) => ReactNode;
  onFilter: (filter: string) => void;
  onEditText: () => void;
};

/** The line above the table: the filter as chips, or what can be done with chosen rows. */
export function LogsLine<Row>({ kind, items, selection, differing, ...props }: LogsLineProps<Row>) {
  const isChosen = selection.ids.length > 0;
  const chosen = () => items.flatMap(({ id, row }) => (row !== null && selection.has(id) ? [row as Row] : []));
  return (
    <div className={styles.second} data-selection={isChosen || undefined}>
      {props.lead}
      {isChosen ? (
        <SelectionBar
          count={selection.ids.length}
          onClear={selection.clear}
          onExport={(format) => exportRows(format, kind.many, props.columns.shown, chosen())}
        >
          {props.actions(selection)}
          <Button onPress={differing.onAsk}>What is different?</Button>
        </SelectionBar>
      ) : (
        <>
          <StandingMenus filter={props.filter} known={props.known} onFilter={props.onFilter} />
          <FilterChips
            filter={props.filter}
            usual={kind.usual}
            known={props.known}
            onFilter={props.onFilter}
            onEditText={props.onEditText}
            onDiffer={differing.onDiffer}
          />
        </>
      )}
    </div>
  );
}
