import type { ReactNode, RefObject } from "react";
import { Button } from "@/components/Button";
import { EmptyState } from "@/components/EmptyState";
import { ErrorState } from "@/components/ErrorState";
import type { RowHeight } from "@/components/rowHeight";
import { Skeleton } from "@/components/Skeleton";
import { ColumnFacts } from "@/entities/logs/facts/ColumnFacts";
import { FiguresRow } from "@/entities/logs/facts/FiguresRow";
import type { Known } from "@/entities/logs/filter/completeFilter";
import { isMeasured } from "@/entities/logs/filter/filterFields";
import { LogsTable, type LogsTableHandle } from "@/entities/logs/LogsTable";
import type { LogColumn, LogItem, LogKind } from "@/entities/logs/logKind";
import { type LogsSearch, nextSort, parseSort, writeSort } from "@/entities/logs/logsSearch";
import type { LogColumns } from "@/entities/logs/useLogColumns";
import type { Selection } from "@/entities/logs/useSelection";
import type { Failure } from "@/lib/failure";
import type { LiveList } from "@/lib/liveList";

/** Things of a project as the address asks for them, followed live. */
export type LogList<Row> = {
  list: LiveList<LogItem<Row>> | null;
  failure: Failure | null;
  moreFailure: Failure | null;
  isLoading: boolean;
  isLoadingMore: boolean;
  loadMore: () => void;
  refresh: () => void;
  reveal: () => void;
};

type LogsFoundProps<Row> = {
  kind: LogKind<Row>;
  projectId: string;
  search: LogsSearch;
  rows: LogList<Row>;
  columns: LogColumns<Row>;
  selection: Selection;
  known: Known;
  height: RowHeight;
  hasFigures: boolean;
  table: RefObject<LogsTableHandle | null>;
  openId: string | null;
  /** The text asked for was refused, and that is said elsewhere. */
  isRefused: boolean;
  /** What a project shows that has none of them. */
  empty: ReactNode;
  onSearch: (change: LogsSearch) => void;
  /** Another condition for the filter. */
  onTerm: (term: string) => void;
  onOpen: (item: LogItem<Row>) => void;
  onClose: () => void;
  onShowNew: () => void;
};

/** The table, or what there is to say instead of it. */
export function LogsFound<Row>({ kind, search, rows, isRefused, empty, onSearch, ...props }: LogsFoundProps<Row>) {
  const { list, failure } = rows;
  if (failure && !isRefused) {
    return <ErrorState title={`The ${kind.many} could not be read`} message={failure.message} onRetry={rows.refresh} />;
  }
  if (list === null) {
    if (!isRefused) return <Skeleton label={`Loading ${kind.many}`} rows={10} />;
    return <EmptyState title={`No ${kind.many} to show`}>Correct the text above, or clear it.</EmptyState>;
  }
  if (list.items.length === 0 && list.pending.length === 0 && !list.hasNextPage) {
    if (!search.q && !search.filter) return empty;
    const clear = <Button onPress={() => onSearch({ q: "", filter: "" })}>Clear search and filter</Button>;
    return (
      <EmptyState title="Nothing matches" actions={clear}>
        No {kind.one} of this project matches what you asked for.
      </EmptyState>
    );
  }
  const scope = { entity: kind.entity, projectIds: [props.projectId], filter: search.filter || null };
  const facts = ({ label, field }: LogColumn<Row>) =>
    field !== undefined && (
      <ColumnFacts
        {...{ label, field }}
        isMeasured={isMeasured(field, props.known.fields)}
        scope={scope}
        unit={kind}
        totalCount={list.totalCount}
        onFilter={props.onTerm}
      />
    );
  return (
    <LogsTable
      kind={kind}
      handle={props.table}
      items={list.items}
      columns={props.columns}
      selection={props.selection}
      height={props.height}
      sort={search.q ? null : parseSort(search.sort)}
      openId={props.openId}
      isBusy={rows.isLoading || failure !== null}
      hasNextPage={list.hasNextPage}
      isLoadingMore={rows.isLoadingMore}
      moreFailure={rows.moreFailure}
      newCount={list.pending.length}
      newOverflow={list.pendingOverflow}
      // Of hits only the ranks are known.
      facts={search.q ? null : facts}
      figures={
        props.hasFigures && !search.q ? (
          <FiguresRow
            columns={props.columns.shown}
            isMeasured={(field) => isMeasured(field, props.known.fields)}
            scope={scope}
            totalCount={list.totalCount}
          />
        ) : null
      }
      onSort={(field) => onSearch({ sort: writeSort(nextSort(parseSort(search.sort), field)) ?? "" })}
      onOpen={props.onOpen}
      onClose={props.onClose}
      onEnd={rows.loadMore}
      onShowNew={props.onShowNew}
    />
  );
}
