import { type ReactNode, useMemo, useRef } from "react";
import { Button } from "@/components/Button";
import { Differences } from "@/entities/logs/facts/Differences";
import { useDiffering } from "@/entities/logs/facts/useDiffering";
import { withTerm, wordsOf } from "@/entities/logs/filter/filterTerms";
import { useKnown } from "@/entities/logs/filter/useKnown";
import { type LogList, LogsFound } from "@/entities/logs/LogsFound";
import { LogsLine } from "@/entities/logs/LogsLine";
import { LogsToolbar } from "@/entities/logs/LogsToolbar";
import type { LogItem } from "@/entities/logs/logKind";
import type { LogsSearch } from "@/entities/logs/logsSearch";
import { QueryError } from "@/entities/logs/QueryError";
import type { LogsView } from "@/entities/logs/useLogs";
import { type Selection, useSelection } from "@/entities/logs/useSelection";
import { focusBox } from "@/lib/focusBox";
import { useHotkeys } from "@/lib/hotkeys";
import styles from "./Logs.module.css";

type LogsProps<Row> = {
  view: LogsView<Row>;
  rows: LogList<Row>;
  projectId: string;
  projectName: string;
  search: LogsSearch;
  openId: string | null;
  empty: ReactNode;
  /** What can be done with chosen things, beside taking them away as a file. */
  actions: (selection: Selection) => ReactNode;
  /** Chooses among the kinds of things, and among saved views of them; it is told which columns are shown. */
  lead?: (columns: string) => ReactNode;
  /** What stands between the filter and the table. */
  strip?: ReactNode;
  onSearch: (change: LogsSearch) => void;
  onOpen: (item: LogItem<Row>) => void;
  onClose: () => void;
};

const ERROR_ID = "query-error";

/** A table of things that are recorded, with all that finds the right ones among them. */
export function Logs<Row>({ view, rows, search, onSearch, ...props }: LogsProps<Row>) {
  const { kind, table, columns, height } = view;
  const { list, failure } = rows;
  const items = useMemo(() => list?.items ?? [], [list]);
  const selection = useSelection(useMemo(() => items.map(({ id }) => id), [items]));
  const known = useKnown(kind, props.projectId);
  const differing = useDiffering({ kind, search, selection, onSearch });
  const onTerm = (term: string) => onSearch({ q: "", filter: withTerm(search.filter ?? "", term) });
  const onShowNew = () => {
    rows.reveal();
    table.current?.scrollToTop();
  };
  const boxes = useLogsKeys({ view, rows, selection, onDiffer: differing.onAsk });

  // While there is a search the filter rests, so that a refusal speaks of the search.
  const asked = search.q || search.filter || "";
  const isRefused = asked !== "" && failure !== null && failure.isRefusal;
  return (
    <section className={styles.logs} aria-label="Logs">
      <h1 className="visually-hidden">
        {kind.many} of {props.projectName}
      </h1>
      <LogsToolbar
        {...{ kind, search, columns, items, height, isLive: view.isLive, onSearch, ...boxes }}
        totalCount={list && !failure ? list.totalCount : null}
        hasMore={list?.hasNextPage ?? false}
        searchErrorId={isRefused && search.q ? ERROR_ID : undefined}
        filterErrorId={isRefused && !search.q ? ERROR_ID : undefined}
        known={known}
        onHeight={view.setHeight}
        hasFigures={view.hasFigures}
        onFiguresChange={view.setFigures}
        onLiveChange={(isLive) => {
          view.setLive(isLive);
          if (isLive && list?.pending.length) onShowNew();
        }}
        onRefresh={rows.refresh}
      />
      <LogsLine
        {...{ kind, items, columns, selection, known, differing }}
        lead={props.lead?.(columns.shown.map(({ id }) => id).join(","))}
        filter={search.filter ?? ""}
        actions={props.actions}
        onFilter={(filter) => onSearch({ filter })}
        onEditText={() => focusBox(boxes.filterRef)}
      />
      {isRefused && <QueryError id={ERROR_ID} text={asked} failure={failure} />}
      {search.q && search.filter && (
        <div className={styles.notice}>
          Search looks through the whole project; the filter rests until it is cleared.
          <Button
            onPress={() => onSearch({ q: "", filter: wordsOf(search.q ?? "").reduce(withTerm, search.filter ?? "") })}
          >
            Filter by these words too
          </Button>
        </div>
      )}
      {search.differs ? (
        <Differences
          kind={kind}
          projectId={props.projectId}
          selection={search.differs}
          among={search.among ?? ""}
          onFilter={onTerm}
          onClose={differing.onClose}
        />
      ) : (
        !isRefused && props.strip
      )}
      <LogsFound
        {...props}
        {...{ kind, search, rows, columns, selection, known, height, table, isRefused, onSearch, onTerm, onShowNew }}
        hasFigures={view.hasFigures}
      />
    </section>
  );
}

type LogsKeysOptions<Row> = { view: LogsView<Row>; rows: LogList<Row>; selection: Selection; onDiffer: () => void };

function useLogsKeys<Row>({ view: { table }, rows, selection, onDiffer }: LogsKeysOptions<Row>) {
  const searchRef = useRef<HTMLInputElement>(null);
  const filterRef = useRef<HTMLInputElement>(null);
  useHotkeys({
    j: () => table.current?.move(1),
    k: () => table.current?.move(-1),
    x: (event) => table.current?.select(event.shiftKey),
    r: rows.refresh,
    w: onDiffer,
    "/": () => focusBox(searchRef),
    f: () => focusBox(filterRef),
    ...(selection.ids.length > 0 ? { Escape: selection.clear } : {}),
  });
  return { searchRef, filterRef };
}
