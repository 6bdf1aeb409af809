import type { ReactNode, RefObject } from "react";
import { EmptyState } from "@/components/EmptyState";
import { Logs } from "@/entities/logs/Logs";
import type { LogsTableHandle } from "@/entities/logs/LogsTable";
import type { LogsSearch } from "@/entities/logs/logsSearch";
import { MetricStrip } from "@/entities/logs/MetricStrip";
import { useLogs } from "@/entities/logs/useLogs";
import type { Selection } from "@/entities/logs/useSelection";
import { ThreadActions } from "@/features/threads/ThreadActions";
import { THREADS } from "@/features/threads/threadKind";
import { useThreadList } from "@/features/threads/useThreadList";

type ThreadLogsProps = {
  projectId: string;
  projectName: string;
  search: LogsSearch;
  table: RefObject<LogsTableHandle | null>;
  /** What other features do with chosen threads. */
  actions?: (selection: Selection) => ReactNode;
  lead?: (columns: string) => ReactNode;
  onSearch: (change: LogsSearch) => void;
  onOpen: (id: string) => void;
  onClose: () => void;
};

export function ThreadLogs({ projectId, projectName, search, table, onSearch, onOpen, ...props }: ThreadLogsProps) {
  const view = useLogs(THREADS, { search, table, onSearch });
  const rows = useThreadList(projectId, search, view.isFollowing);
  const chosenOf = (selection: Selection) =>
    rows.list?.items.flatMap(({ id, row }) => (row && selection.has(id) ? [row] : [])) ?? [];
  return (
    <Logs
      {...{ view, rows, projectId, projectName, search, onSearch }}
      lead={props.lead}
      openId={search.thread ?? null}
      empty={
        <EmptyState title="No conversations yet">
          Traces that name the same <code>thread_id</code> are the turns of one conversation.
        </EmptyState>
      }
      strip={<MetricStrip kind={THREADS} projectId={projectId} search={search} rows={rows} onSearch={onSearch} />}
      actions={(selection) => (
        <>
          {props.actions?.(selection)}
          <ThreadActions threads={chosenOf(selection)} onDeleted={rows.refresh} />
        </>
      )}
      onOpen={({ id }) => onOpen(id)}
      onClose={props.onClose}
    />
  );
}
