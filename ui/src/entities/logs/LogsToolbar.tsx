import { Filter, RotateCw, Search, Sigma } from "lucide-react";
import { type Ref, useMemo } from "react";
import { Button } from "@/components/Button";
import { IconButton } from "@/components/IconButton";
import { RowHeightMenu } from "@/components/RowHeightMenu";
import type { RowHeight } from "@/components/rowHeight";
import { SearchBox } from "@/components/SearchBox";
import { ColumnsMenu } from "@/entities/logs/ColumnsMenu";
import { completeFilter } from "@/entities/logs/filter/completeFilter";
import type { Asking } from "@/entities/logs/filter/useKnown";
import type { LogItem, LogKind } from "@/entities/logs/logKind";
import type { LogsSearch } from "@/entities/logs/logsSearch";
import type { LogColumns } from "@/entities/logs/useLogColumns";
import { formatAmount } from "@/lib/format";
import styles from "./Logs.module.css";

type LogsToolbarProps<Row> = {
  kind: LogKind<Row>;
  search: LogsSearch;
  columns: LogColumns<Row>;
  items: readonly LogItem<Row>[];
  height: RowHeight;
  totalCount: number | null;
  /** Whether there is more than the items that were read. */
  hasMore: boolean;
  isLive: boolean;
  searchErrorId: string | undefined;
  filterErrorId: string | undefined;
  searchRef: Ref<HTMLInputElement>;
  filterRef: Ref<HTMLInputElement>;
  known: Asking;
  onSearch: (change: LogsSearch) => void;
  onHeight: (height: RowHeight) => void;
  hasFigures: boolean;
  onFiguresChange: (hasFigures: boolean) => void;
  onLiveChange: (isLive: boolean) => void;
  onRefresh: () => void;
};

type Matches = { totalCount: number; rowCount: number; hasMore: boolean };

/** A row may match in several places: of all that match only their number is known, the rows as they are read. */
function matchesIn({ totalCount, rowCount, hasMore }: Matches, kind: { one: string; many: string }): string {
  const matches = formatAmount(totalCount, { one: "match", many: "matches" });
  if (totalCount === 0) return matches;
  return `${matches} in ${formatAmount(rowCount, kind)}${hasMore ? " so far" : ""}`;
}

export function LogsToolbar<Row>(props: LogsToolbarProps<Row>) {
  const { kind, search, items, totalCount, isLive, known } = props;
  const scores = useMemo(() => {
    const named = items.flatMap(({ row }) => (row === null ? [] : kind.scoresOf(row as Row)));
    return [...new Set(named.map(({ name }) => `feedback.${name}`))];
  }, [kind, items]);
  const ofSpans = known.fields.flatMap(({ name }) => columnOfField(name) ?? []);
  const count =
    totalCount === null
      ? null
      : search.q
        ? matchesIn({ totalCount, rowCount: items.length, hasMore: props.hasMore }, kind)
        : formatAmount(totalCount, kind);
  return (
    <search className={styles.toolbar} aria-label={kind.many}>
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
          placeholder={kind.example}
          shortcut="F"
          isCode
          icon={<Filter aria-hidden />}
          value={search.filter ?? ""}
          errorId={props.filterErrorId}
          inputRef={props.filterRef}
          completing={{ at: (text, caret) => completeFilter(text, caret, known), prepare: known.prepare }}
          onSubmit={(filter) => props.onSearch({ filter })}
        />
      </div>
      <div className={styles.buttons}>
        <span className={styles.count} role="status">
          {count}
        </span>
        <Button aria-pressed={isLive} onPress={() => props.onLiveChange(!isLive)}>
          <span className={styles.dot} data-live={isLive || undefined} aria-hidden /> Live
        </Button>
        <IconButton label="Refresh" shortcut="R" kind="plain" onPress={props.onRefresh}>
          <RotateCw aria-hidden />
        </IconButton>
        <IconButton
          label="Figures in the head"
          kind="plain"
          aria-pressed={props.hasFigures}
          onPress={() => props.onFiguresChange(!props.hasFigures)}
        >
          <Sigma aria-hidden />
        </IconButton>
        <RowHeightMenu height={props.height} onHeight={props.onHeight} />
        <ColumnsMenu
          kind={kind}
          columns={props.columns}
          scores={[...scores, ...ofSpans]}
          onOpen={known.prepareFields}
        />
      </div>
    </search>
  );
}

/** Scores of spans are not in the rows before their column is: their names are those that were recorded. */
function columnOfField(field: string): string | null {
  const [, plain, quoted] = /^span_feedback(?:\.(.+)|\['(.+)'\])$/.exec(field) ?? [];
  const name = plain ?? quoted?.replace(/\\(['\\])/g, "$1");
  return name === undefined ? null : `span_feedback.${name}`;
}
