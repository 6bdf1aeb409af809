import { type CSSProperties, useEffect, useEffectEvent } from "react";
import { Badge } from "@/components/Badge";
import { Button } from "@/components/Button";
import { classOf, type ListColumn, ListHead } from "@/components/ListTable";
import { LoadMore } from "@/components/LoadMore";
import { Scrollable } from "@/components/Scrollable";
import { ComparedItemDialog } from "@/features/experiments/ComparedItemDialog";
import type { ComparisonLinks } from "@/features/experiments/Comparison";
import { formatMeasure, formatSigned, labelOf } from "@/features/experiments/comparison";
import type {
  ComparedCell,
  ComparedRow,
  ComparedValue,
  useComparedItems,
} from "@/features/experiments/useComparedItems";
import type { Side } from "@/features/experiments/useComparison";
import { formatAmount, formatCount } from "@/lib/format";
import type { SortOrder } from "@/lib/sortOrder";
import styles from "./Comparison.module.css";

type ComparedItemsProps = {
  sides: readonly Side[];
  items: ReturnType<typeof useComparedItems>;
  /** What is told of an item; the first names it. */
  columns: readonly ListColumn<ComparedRow>[];
  order: { sort: SortOrder; onSort: (field: string) => void };
  /** How many of a text are shown. */
  lines: number;
  openId: string | null;
  links: ComparisonLinks;
  onOpen: (itemId: string | undefined) => void;
};

/** An item that a link opens is looked for up to here. */
const SOUGHT_ITEMS_MAX = 2_000;

/** The items, and what each experiment made of them. */
export function ComparedItems({ sides, items, columns, order, lines, ...props }: ComparedItemsProps) {
  const { openId, links, onOpen } = props;
  const rows = items.list?.items ?? [];
  const [first, ...others] = columns;
  const isBusy = items.isLoading || items.isLoadingMore;
  const openAt = rows.findIndex(({ id }) => id === openId);
  const isSought = openId !== null && openAt < 0 && items.list?.hasNextPage === true && rows.length < SOUGHT_ITEMS_MAX;
  const isNearEnd = openAt >= 0 && openAt >= rows.length - 2 && items.list?.hasNextPage === true;
  const wantsMore = (isSought || isNearEnd) && !isBusy && items.moreFailure === null;
  const loadMore = useEffectEvent(() => {
    items.loadMore();
  });
  useEffect(() => {
    if (wantsMore) loadMore();
  }, [wantsMore]);
  return (
    <>
      <Scrollable label="Items, scrollable" className={styles.scroll}>
        <table
          className={styles.table}
          aria-label="Items"
          aria-busy={items.isOther}
          style={{ "--lines": lines } as CSSProperties}
        >
          <thead>
            <tr>
              {columns.map((column) => (
                <ListHead key={column.label} {...{ column, order }} />
              ))}
              {sides.map(({ experiment: { id, name } }) => (
                <th key={id} scope="col" className={styles.side} style={{ "--sides": sides.length } as CSSProperties}>
                  {name}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.map((row, at) => (
              <tr key={row.id}>
                <th scope="row">
                  {first?.cell(row)}
                  <Button kind="quiet" aria-label={`Open item ${at + 1}`} onPress={() => onOpen(row.id)}>
                    Open
                  </Button>
                </th>
                {others.map((column) => (
                  <td key={column.label} className={classOf(column)}>
                    {column.cell(row)}
                  </td>
                ))}
                {sides.map(({ experiment }) => (
                  <td key={experiment.id}>
                    <Cell cell={row.cells.find(({ experimentId }) => experimentId === experiment.id)} />
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
        {items.more && (
          <p className={styles.cut}>
            {formatCount(rows.length)} of {formatCount(items.list?.totalCount ?? rows.length)} items{" "}
            <LoadMore {...items.more} isLoading={isBusy} />
          </p>
        )}
      </Scrollable>
      <ComparedItemDialog
        experiments={sides.map(({ experiment }) => experiment)}
        rows={rows}
        totalCount={items.list?.totalCount ?? rows.length}
        openId={openId}
        isSought={isSought || (openAt < 0 && items.isLoading)}
        links={links}
        onOpen={onOpen}
      />
    </>
  );
}

function Cell({ cell }: { cell: ComparedCell | undefined }) {
  const [first] = cell?.items ?? [];
  if (!cell || !first) return <span className={styles.none}>not run</span>;
  const { items, runs, values } = cell;
  const comments = items.flatMap(({ trace }) => trace?.comments ?? []);
  const failed = items.find(({ trace }) => trace?.error)?.trace?.error;
  return (
    <>
      <p className={styles.words}>{first.trace ? first.trace.outputPreview : "no trace yet"}</p>
      <p className={styles.scores}>
        {failed && <Badge tone="danger">{failed.exceptionType || "failed"}</Badge>}
        {runs && (
          <Badge tone={runs.passed ? "accent" : "danger"} title="Runs of which all assertions were true">
            {runs.passed ? "passed" : "not passed"}
            {runs.totalCount > 1 && `, ${formatCount(runs.passedCount)} of ${formatCount(runs.totalCount)} runs`}
          </Badge>
        )}
        {items.length > 1 && !runs && <Badge>{formatCount(items.length)} runs</Badge>}
        {values
          .filter(({ measure }) => !measure.startsWith("usage.") || measure === TOKENS)
          .map((value) => (
            <Value key={value.measure} value={value} />
          ))}
        {comments.length > 0 && (
          <Badge title={comments.map(({ text, createdBy }) => `${createdBy}: ${text}`).join("\n")}>
            {formatAmount(comments.length, { one: "comment", many: "comments" })}
          </Badge>
        )}
      </p>
    </>
  );
}

const TOKENS = "usage.total_tokens";
const UNTINTED = ["duration", "total_estimated_cost", TOKENS];

function Value({ value: { measure, value, difference, outcome } }: { value: ComparedValue }) {
  // Times and costs differ by a little everywhere: colour would only cry wolf.
  const change = UNTINTED.includes(measure) ? undefined : outcome?.toLowerCase();
  return (
    <span className={styles.score}>
      {labelOf(measure)} <strong>{formatMeasure(measure, value)}</strong>
      {difference != null && outcome !== "UNCHANGED" && (
        <span className={styles.difference} data-change={change} data-clear={change !== undefined || undefined}>
          {formatSigned(measure, difference)}
        </span>
      )}
    </span>
  );
}
