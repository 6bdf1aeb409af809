import { SELECTED_MAX, selectionOf } from "@/entities/logs/facts/differences";
import type { LogKind } from "@/entities/logs/logKind";
import type { LogsSearch } from "@/entities/logs/logsSearch";
import type { Selection } from "@/entities/logs/useSelection";
import { showToast } from "@/lib/toasts";

type DifferingOptions<Row> = {
  kind: LogKind<Row>;
  search: LogsSearch;
  selection: Selection;
  onSearch: (change: LogsSearch) => void;
};

/** The ways to the question what is different about some things; what is asked stands in the address. */
export function useDiffering<Row>({ kind, search, selection, onSearch }: DifferingOptions<Row>) {
  const filter = search.q ? "" : (search.filter ?? "");
  const onDiffer = (differs: string, among: string) => onSearch({ differs, among });
  /** What is chosen, or else what is filtered, against the rest. */
  const onAsk = () => {
    const { ids } = selection;
    if (ids.length > SELECTED_MAX) showToast(`Choose at most ${SELECTED_MAX} ${kind.many}, or filter them.`);
    else if (ids.length > 0) onDiffer(selectionOf(ids), filter);
    else if (filter) onDiffer(filter, "");
    else showToast(`Choose or filter some ${kind.many} to hold them against the rest.`);
  };
  return { onDiffer, onAsk, onClose: () => onDiffer("", "") };
}
