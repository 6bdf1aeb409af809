import { Button } from "@/components/Button";
import type { ReadSpans } from "@/features/spans/useTraceSpans";
import { formatCount } from "@/lib/format";
import styles from "./SpanTree.module.css";

type SpanTreeFootProps = {
  spans: ReadSpans;
  /** How many spans the search found; null without a search. */
  shown: number | null;
  /** How many are left out because they are no calls. */
  hidden: number;
};

/** How many spans there are, how many are here, and what to do about the rest. */
export function SpanTreeFoot({ spans, shown, hidden }: SpanTreeFootProps) {
  const loaded = spans.spans.length;
  const total = Math.max(loaded, spans.totalCount ?? 0);
  if (spans.failure) {
    return (
      <div className={styles.foot} role="alert">
        The spans could not be read: {spans.failure.message}
        <Button onPress={spans.onRetry}>Try again</Button>
      </div>
    );
  }
  if (loaded < total) {
    return (
      <div className={styles.foot}>
        <span>
          {formatCount(loaded)} of {formatCount(total)} spans
        </span>
        <progress max={total} value={loaded} aria-label="Loaded spans" />
        {spans.hasMore && !spans.isLoading && <Button onPress={spans.onMore}>Load more</Button>}
      </div>
    );
  }
  return (
    <div className={styles.foot} role="status">
      {spans.totalCount === null
        ? "Loading spans…"
        : shown === null
          ? `${formatCount(total)} ${total === 1 ? "span" : "spans"}${hidden > 0 ? `, ${formatCount(hidden)} hidden` : ""}`
          : `${formatCount(shown)} of ${formatCount(total)} match`}
    </div>
  );
}
