import { Filter, RotateCw, Search } from "lucide-react";
import type { Ref } from "react";
import { Button } from "@/components/Button";
import { IconButton } from "@/components/IconButton";
import { type Completion, SearchBox } from "@/components/SearchBox";
import { ColumnsMenu } from "@/features/traces/ColumnsMenu";
import type { LogsSearch } from "@/features/traces/logsSearch";
import type { TraceColumns } from "@/features/traces/useTraceColumns";
import { formatCount } from "@/lib/format";
import styles from "./TraceLogs.module.css";

type LogsToolbarProps = {
  search: LogsSearch;
  columns: TraceColumns;
  totalCount: number | null;
  isLive: boolean;
  searchErrorId: string | undefined;
  filterErrorId: string | undefined;
  searchRef: Ref<HTMLInputElement>;
  filterRef: Ref<HTMLInputElement>;
  complete: (text: string, caret: number) => Completion | null;
  onSearch: (change: LogsSearch) => void;
  onLiveChange: (isLive: boolean) => void;
  onRefresh: () => void;
};

export function LogsToolbar(props: LogsToolbarProps) {
  const { search, totalCount, isLive } = props;
  const unit = search.q ? (totalCount === 1 ? "match" : "matches") : totalCount === 1 ? "trace" : "traces";
  return (
    <search className={styles.toolbar} aria-label="Traces">
      <SearchBox
        label="Search"
        placeholder="Search in everything"
        shortcut="/"
        icon={<Search aria-hidden />}
        value={search.q ?? ""}
        errorId={props.searchErrorId}
        inputRef={props.searchRef}
        onSubmit={(q) => props.onSearch({ q })}
      />
      <div className={styles.filter}>
        <SearchBox
          label="Filter"
          placeholder="name:agent AND cost > 0.1 AND error:true"
          shortcut="F"
          isCode
          icon={<Filter aria-hidden />}
          value={search.filter ?? ""}
          errorId={props.filterErrorId}
          inputRef={props.filterRef}
          complete={props.complete}
          onSubmit={(filter) => props.onSearch({ filter })}
        />
      </div>
      <div className={styles.buttons}>
        <span className={styles.count} role="status">
          {totalCount !== null && `${formatCount(totalCount)} ${unit}`}
        </span>
        <Button aria-pressed={isLive} onPress={() => props.onLiveChange(!isLive)}>
          <span className={styles.dot} data-live={isLive || undefined} aria-hidden /> Live
        </Button>
        <IconButton label="Refresh" shortcut="R" kind="plain" onPress={props.onRefresh}>
          <RotateCw aria-hidden />
        </IconButton>
        <ColumnsMenu columns={props.columns} />
      </div>
    </search>
  );
}
