import { type RefObject, useState } from "react";
import { parseRowHeight, type RowHeight } from "@/components/rowHeight";
import type { LogsTableHandle } from "@/entities/logs/LogsTable";
import type { LogKind } from "@/entities/logs/logKind";
import type { LogsSearch } from "@/entities/logs/logsSearch";
import { useLogColumns } from "@/entities/logs/useLogColumns";
import { parseBoolean, useStored } from "@/lib/storage";

type LogsOptions = {
  search: LogsSearch;
  table: RefObject<LogsTableHandle | null>;
  onSearch: (change: LogsSearch) => void;
};

/** How a kind of things is looked at: what its list must know before it is read. */
export function useLogs<Row>(kind: LogKind<Row>, { search, table, onSearch }: LogsOptions) {
  const [isLive, setLive] = useState(true);
  const [height, setHeight] = useStored<RowHeight>("logs.height", parseRowHeight, "small");
  const [hasFigures, setFigures] = useStored("logs.figures", parseBoolean, false);
  const columns = useLogColumns(kind, { linked: search.columns, onLink: (next) => onSearch({ columns: next }) });
  return {
    kind,
    table,
    columns,
    isLive,
    setLive,
    height,
    setHeight,
    hasFigures,
    setFigures,
    isFollowing: () => isLive && (table.current?.isAtTop() ?? true),
  };
}

export type LogsView<Row> = ReturnType<typeof useLogs<Row>>;
