import { useEffect, useEffectEvent } from "react";
import { Badge } from "@/components/Badge";
import { Button } from "@/components/Button";
import { Scrollable } from "@/components/Scrollable";
import { ComparedItemDialog } from "@/features/experiments/ComparedItemDialog";
import type { ComparisonLinks } from "@/features/experiments/Comparison";
import { formatMeasure, formatSigned, isUsual, labelOf } from "@/features/experiments/comparison";
import type { ComparedCell, ComparedValue, useComparedItems } from "@/features/experiments/useComparedItems";
import type { Side } from "@/features/experiments/useComparison";
import { wordsOf } from "@/features/experiments/wordsOf";
import { formatCount } from "@/lib/format";
import styles from "./Comparison.module.css";

type ComparedItemsProps = {
  sides: readonly Side[];
  items: ReturnType<typeof useComparedItems>;
  openId: string | null;
  links: ComparisonLinks;
  onOpen: (itemId: string | undefined) => void;
};

const WORDS_SHOWN = 280;
/** An item that a link opens is looked for up to here. */
const SOUGHT_ITEMS_MAX = 2_000;

/** The items, and what each experiment made of them. */
export function ComparedItems({ sides, items, openId, links, onOpen }: ComparedItemsProps) {
  const rows = items.list?.items ?? [];
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
        <table className={styles.table} aria-label="Items" aria-busy={items.isOther}>
          <thead>
            <tr>
              <th scope="col">Item</th>
              {sides.map(({ experiment: { id, name } }) => (
                <th key={id} scope="col">
                  {name}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.map(({ id, datasetItem, cells }, at) => (
              <tr key={id}>
                <th scope="row">
                  <p className={styles.words}>
                    {wordsOf(datasetItem?.data ?? null)?.slice(0, WORDS_SHOWN) ?? "deleted item"}
                  </p>
                  <Button kind="quiet" aria-label={`Open item ${at + 1}`} onPress={() => onOpen(id)}>
                    Open
                  </Button>
                </th>
                {sides.map(({ experiment }) => (
                  <td key={experiment.id}>
                    <Cell cell={cells.find(({ experimentId }) => experimentId === experiment.id)} />
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
        {items.list?.hasNextPage && (
          <p className={styles.cut}>
            {items.moreFailure && <span role="alert">{items.moreFailure.message}</span>} {formatCount(rows.length)} of{" "}
            {formatCount(items.list.totalCount)} items{" "}
            <Button onPress={items.loadMore} isDisabled={isBusy}>
              {items.isLoadingMore ? "Loading…" : "Load more"}
            </Button>
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
          .filter(({ measure }) => isUsual(measure) && !measure.startsWith("usage."))
          .map((value) => (
            <Value key={value.measure} value={value} />
          ))}
      </p>
    </>
  );
}

const UNTINTED = ["duration", "total_estimated_cost"];

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
