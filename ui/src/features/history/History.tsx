import { Button } from "@/components/Button";
import { EmptyState } from "@/components/EmptyState";
import { Found } from "@/components/Found";
import { ChangeEntry } from "@/features/history/ChangeEntry";
import type { Moment } from "@/features/history/moment";
import { PastBanner } from "@/features/history/PastBanner";
import { PastFields } from "@/features/history/PastFields";
import { useHistory } from "@/features/history/useHistory";
import { useThrottledChange } from "@/lib/useThrottledChange";
import styles from "./History.module.css";

const REFRESH_MS = 1_000;

export type Thing = { id: string; noun: string };

type HistoryProps = {
  thing: Thing;
  moment: Moment;
  /** Grows with every change that somebody else has noticed. */
  revision?: number;
  /** Absent: back to how it is. */
  onMoment: (moment: Moment | undefined) => void;
};

/** What happened to a thing of whatever kind, or how it was after one of its changes. */
export function History({ thing: { id, noun }, moment, revision = 0, onMoment }: HistoryProps) {
  const { list, failure, moreFailure, isLoadingMore, loadMore, refresh } = useHistory(id);
  useThrottledChange({
    revision,
    intervalMs: REFRESH_MS,
    onChange: () => {
      refresh();
      return true;
    },
  });
  if (moment !== "changes") {
    return (
      <div className={styles.past}>
        <PastBanner
          noun={noun}
          position={moment}
          changes={list?.items ?? []}
          onPosition={onMoment}
          onList={() => onMoment("changes")}
          onNow={() => onMoment(undefined)}
        />
        <PastFields key={moment} id={id} noun={noun} position={moment} />
      </div>
    );
  }
  return (
    <Found what="history" value={failure ? null : list} failure={failure} onRetry={refresh}>
      {({ items, hasNextPage, totalCount }) =>
        items.length === 0 ? (
          <EmptyState title="Nothing has happened yet">Changes of this {noun} are told here.</EmptyState>
        ) : (
          <>
            <ol className={styles.list} aria-label={`Changes of this ${noun}, newest first`}>
              {items.map((change, at) => (
                <li key={change.id}>
                  <ChangeEntry
                    change={change}
                    noun={noun}
                    isFirst={!hasNextPage && at === items.length - 1}
                    onShow={() => onMoment(change.position)}
                  />
                </li>
              ))}
            </ol>
            {hasNextPage && (
              <div className={styles.more}>
                {moreFailure && <span role="alert">{moreFailure.message}</span>}
                <Button onPress={loadMore} isDisabled={isLoadingMore}>
                  {isLoadingMore ? "Loading…" : `Older changes, of ${totalCount}`}
                </Button>
              </div>
            )}
          </>
        )
      }
    </Found>
  );
}
