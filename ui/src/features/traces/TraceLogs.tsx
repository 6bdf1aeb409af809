import { type RefObject, useMemo, useRef, useState } from "react";
import { completeFilter, observedValues } from "@/features/traces/completeFilter";
import { FilterChips } from "@/features/traces/FilterChips";
import { LogsToolbar } from "@/features/traces/LogsToolbar";
import type { LogsSearch } from "@/features/traces/logsSearch";
import { QueryError } from "@/features/traces/QueryError";
import { TracesFound } from "@/features/traces/TracesFound";
import type { TracesTableHandle } from "@/features/traces/TracesTable";
import { useTraceColumns } from "@/features/traces/useTraceColumns";
import { useTraceList } from "@/features/traces/useTraceList";
import { focusBox } from "@/lib/focusBox";
import { useHotkeys } from "@/lib/hotkeys";
import styles from "./TraceLogs.module.css";

type TraceLogsProps = {
  projectId: string;
  projectName: string;
  search: LogsSearch;
  table: RefObject<TracesTableHandle | null>;
  onSearch: (change: LogsSearch) => void;
  onOpen: (traceId: string, spanId?: string | null) => void;
};

const ERROR_ID = "query-error";

export function TraceLogs({ projectId, projectName, search, table, onSearch, onOpen }: TraceLogsProps) {
  const [isLive, setLive] = useState(true);
  const columns = useTraceColumns();
  const searchBox = useRef<HTMLInputElement>(null);
  const filterBox = useRef<HTMLInputElement>(null);
  const isFollowing = () => isLive && (table.current?.isAtTop() ?? true);
  const traces = useTraceList(projectId, search, { isFollowing });
  const { list, failure } = traces;

  const items = list?.items;
  const observed = useMemo(() => observedValues((items ?? []).flatMap((item) => item.row ?? [])), [items]);

  const onShowNew = () => {
    traces.reveal();
    table.current?.scrollToTop();
  };
  const onLiveChange = (next: boolean) => {
    setLive(next);
    if (next && list?.pending.length) onShowNew();
  };
  useHotkeys({
    j: () => table.current?.move(1),
    k: () => table.current?.move(-1),
    r: traces.refresh,
    "/": () => focusBox(searchBox),
    f: () => focusBox(filterBox),
  });

  // While there is a search the filter rests, so that a refusal speaks of the search.
  const asked = search.q || search.filter || "";
  const isRefused = asked !== "" && failure !== null && failure.isRefusal;
  return (
    <section className={styles.logs} aria-label="Logs">
      <h1 className="visually-hidden">Traces of {projectName}</h1>
      <LogsToolbar
        search={search}
        columns={columns}
        totalCount={list && !failure ? list.totalCount : null}
        isLive={isLive}
        searchErrorId={isRefused && search.q ? ERROR_ID : undefined}
        filterErrorId={isRefused && !search.q ? ERROR_ID : undefined}
        searchRef={searchBox}
        filterRef={filterBox}
        complete={(text, caret) => completeFilter(text, caret, observed)}
        onSearch={onSearch}
        onLiveChange={onLiveChange}
        onRefresh={traces.refresh}
      />
      <FilterChips filter={search.filter ?? ""} onFilter={(filter) => onSearch({ filter })} />
      {isRefused && <QueryError id={ERROR_ID} text={asked} failure={failure} />}
      {search.q && search.filter && (
        <div className={styles.notice}>
          Search looks through the whole project; the filter rests until it is cleared.
        </div>
      )}
      <TracesFound {...{ projectName, search, traces, columns, table, isRefused, onSearch, onOpen, onShowNew }} />
    </section>
  );
}
