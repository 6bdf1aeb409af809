import type { ReactNode, RefObject } from "react";
import { ConnectGuide } from "@/entities/connect/ConnectGuide";
import { Logs } from "@/entities/logs/Logs";
import logsStyles from "@/entities/logs/Logs.module.css";
import type { LogsTableHandle } from "@/entities/logs/LogsTable";
import type { LogsSearch } from "@/entities/logs/logsSearch";
import { MetricStrip } from "@/entities/logs/MetricStrip";
import { useLogs } from "@/entities/logs/useLogs";
import type { Selection } from "@/entities/logs/useSelection";
import { TraceActions } from "@/features/traces/TraceActions";
import { TRACES } from "@/features/traces/traceKind";
import { useTraceList } from "@/features/traces/useTraceList";

type TraceLogsProps = {
  projectId: string;
  projectName: string;
  search: LogsSearch;
  table: RefObject<LogsTableHandle | null>;
  /** What other features do with chosen traces. */
  actions?: (selection: Selection) => ReactNode;
  lead?: (columns: string) => ReactNode;
  onSearch: (change: LogsSearch) => void;
  onOpen: (traceId: string, spanId?: string | null) => void;
  onClose: () => void;
};

export function TraceLogs({ projectId, projectName, search, table, onSearch, onOpen, ...props }: TraceLogsProps) {
  const view = useLogs(TRACES, { search, table, onSearch });
  const rows = useTraceList(projectId, search, { isFollowing: view.isFollowing, parts: view.columns.parts });
  return (
    <Logs
      {...{ view, rows, projectId, projectName, search, onSearch }}
      lead={props.lead}
      openId={search.trace ?? null}
      empty={<NoTraces project={projectName} />}
      strip={<MetricStrip kind={TRACES} projectId={projectId} search={search} rows={rows} onSearch={onSearch} />}
      actions={(selection) => (
        <>
          {props.actions?.(selection)}
          <TraceActions ids={selection.ids} onDeleted={rows.refresh} />
        </>
      )}
      onOpen={(item) => onOpen(item.id, item.row ? null : item.hits[0]?.spanId)}
      onClose={props.onClose}
    />
  );
}

function NoTraces({ project }: { project: string }) {
  return (
    <div className={logsStyles.connect}>
      <div>
        <h2>No traces yet</h2>
        <p>Send the first one to this project; it appears here the moment it arrives.</p>
        <ConnectGuide project={project} />
      </div>
    </div>
  );
}
