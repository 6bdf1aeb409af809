import type { RefObject } from "react";
import { Button } from "@/components/Button";
import { EmptyState } from "@/components/EmptyState";
import { ErrorState } from "@/components/ErrorState";
import { Skeleton } from "@/components/Skeleton";
import { ConnectGuide } from "@/entities/connect/ConnectGuide";
import { type LogsSearch, nextSort, parseSort, writeSort } from "@/features/traces/logsSearch";
import { TracesTable, type TracesTableHandle } from "@/features/traces/TracesTable";
import type { TraceColumns } from "@/features/traces/useTraceColumns";
import type { useTraceList } from "@/features/traces/useTraceList";
import styles from "./TraceLogs.module.css";

type TracesFoundProps = {
  projectName: string;
  search: LogsSearch;
  traces: ReturnType<typeof useTraceList>;
  columns: TraceColumns;
  table: RefObject<TracesTableHandle | null>;
  /** The text asked for was refused, and that is said elsewhere. */
  isRefused: boolean;
  onSearch: (change: LogsSearch) => void;
  onOpen: (traceId: string, spanId?: string | null) => void;
  onShowNew: () => void;
};

/** The table, or what there is to say instead of it. */
export function TracesFound({ search, traces, isRefused, onSearch, ...props }: TracesFoundProps) {
  const { list, failure } = traces;
  if (failure && !isRefused) {
    return <ErrorState title="The traces could not be read" message={failure.message} onRetry={traces.refresh} />;
  }
  if (list === null) {
    if (!isRefused) return <Skeleton label="Loading traces" rows={10} />;
    return <EmptyState title="No traces to show">Correct the text above, or clear it.</EmptyState>;
  }
  if (list.items.length === 0 && list.pending.length === 0 && !list.hasNextPage) {
    if (!search.q && !search.filter) return <NoTraces project={props.projectName} />;
    const clear = <Button onPress={() => onSearch({ q: "", filter: "" })}>Clear search and filter</Button>;
    return (
      <EmptyState title="Nothing matches" actions={clear}>
        No trace of this project matches what you asked for.
      </EmptyState>
    );
  }
  return (
    <TracesTable
      handle={props.table}
      items={list.items}
      columns={props.columns}
      sort={search.q ? null : parseSort(search.sort)}
      openId={search.trace ?? null}
      isBusy={traces.isLoading || failure !== null}
      hasNextPage={list.hasNextPage}
      isLoadingMore={traces.isLoadingMore}
      moreFailure={traces.moreFailure}
      newCount={list.pending.length}
      newOverflow={list.pendingOverflow}
      onSort={(field) => onSearch({ sort: writeSort(nextSort(parseSort(search.sort), field)) ?? "" })}
      onOpen={props.onOpen}
      onEnd={traces.loadMore}
      onShowNew={props.onShowNew}
    />
  );
}

function NoTraces({ project }: { project: string }) {
  return (
    <div className={styles.connect}>
      <div>
        <h2>No traces yet</h2>
        <p>Send the first one to this project; it appears here the moment it arrives.</p>
        <ConnectGuide project={project} />
      </div>
    </div>
  );
}
