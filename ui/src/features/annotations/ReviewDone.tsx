import { RefreshCw } from "lucide-react";
import { type ReactNode, useEffect, useRef } from "react";
import { Button } from "@/components/Button";
import { ListTable } from "@/components/ListTable";
import type { ReviewedQueue } from "@/features/annotations/Review";
import { type QueuedItem, titleOf, type useQueueItems } from "@/features/annotations/useQueueItems";
import { formatAmount, formatCount, formatScore } from "@/lib/format";
import styles from "./Review.module.css";

type ReviewDoneProps = {
  queue: ReviewedQueue;
  items: ReturnType<typeof useQueueItems>;
  back: ReactNode;
  onOpen: (itemId: string) => void;
  /** Looks whether something waits by now. */
  onLook: () => void;
};

const ITEMS = { one: "item", many: "items" };

/** Nothing waits any more: what was done, and how far the queue is. */
export function ReviewDone({ queue, items, back, onOpen, onLook }: ReviewDoneProps) {
  const heading = useRef<HTMLHeadingElement>(null);
  // What had the focus is gone with the last item; who cannot see the page hears where they are.
  useEffect(() => heading.current?.focus(), []);
  const judged = items.list?.items.filter(({ standing }) => standing === "JUDGED") ?? [];
  const hasMore = items.list?.hasNextPage ?? false;
  const taken = items.list?.items.filter(({ standing }) => standing === "TAKEN").length ?? 0;
  return (
    <div className={styles.told}>
      <div className={styles.page}>
        <h2 ref={heading} tabIndex={-1}>
          Nothing is left for you
        </h2>
        <p>
          {judged.length > 0 && !hasMore && `You have judged ${formatAmount(judged.length, ITEMS)}. Thank you. `}
          {queue.itemCount === 0
            ? "Nothing is in this queue yet."
            : `Of ${formatAmount(queue.itemCount, ITEMS)} in the queue ${formatCount(queue.completedCount)} ${queue.completedCount === 1 ? "is" : "are"} done.`}
          {taken > 0 && ` Others are at ${formatAmount(taken, ITEMS)}: what they leave comes back to you.`}
        </p>
        {judged.length > 0 && (
          <ListTable
            label="What you judged"
            rows={judged}
            keyOf={({ id }) => id}
            columns={[
              {
                label: "Item",
                cell: (item) => (
                  <Button kind="quiet" onPress={() => onOpen(item.id)}>
                    {titleOf(item)}
                  </Button>
                ),
              },
              { label: "Scores", cell: saidOf },
            ]}
            more={items.more}
          />
        )}
        <footer>
          <Button kind="primary" onPress={onLook}>
            <RefreshCw aria-hidden /> Look for more
          </Button>
          {back}
        </footer>
      </div>
    </div>
  );
}

const saidOf = ({ scores }: QueuedItem) =>
  scores.map(({ name, value }) => `${name} ${formatScore(value)}`).join(", ") || "–";
