import { useEffect, useRef } from "react";
import { Button } from "@/components/Button";
import { EmptyState } from "@/components/EmptyState";
import { Found } from "@/components/Found";
import { ChangedHere } from "@/features/history/ChangedHere";
import { ChangeEntry } from "@/features/history/ChangeEntry";
import type { Moment } from "@/features/history/moment";
import { PastBanner } from "@/features/history/PastBanner";
import { PastFields } from "@/features/history/PastFields";
import { TimeSlider } from "@/features/history/TimeSlider";
import { useHistory } from "@/features/history/useHistory";
import { useSteps } from "@/features/history/useSteps";
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
  const { steps, totalCount: stepCount, refresh: refreshSteps } = useSteps(id);
  useThrottledChange({
    revision,
    intervalMs: REFRESH_MS,
    onChange: () => {
      refresh();
      refreshSteps();
      return true;
    },
  });
  const top = useRef<HTMLDivElement>(null);
  const isPast = moment !== "changes";
  useEffect(() => {
    // A change far down the list was pressed: what it leads to begins at the top.
    if (isPast) top.current?.scrollIntoView({ block: "nearest" });
  }, [isPast]);
  const change = steps.find(({ position }) => position === moment);
  return (
    <div className={styles.past}>
      <div ref={top}>
        {steps.length > 0 && !failure && (
          <TimeSlider noun={noun} steps={steps} totalCount={stepCount} moment={moment} onMoment={onMoment} />
        )}
      </div>
      {isPast ? (
        <>
          <PastBanner
            noun={noun}
            position={moment}
            changes={steps.toReversed()}
            onPosition={onMoment}
            onList={() => onMoment("changes")}
            onNow={() => onMoment(undefined)}
          />
          {change && change !== steps[0] && <ChangedHere change={change} />}
          <PastFields id={id} noun={noun} position={moment} changed={change?.fields ?? []} />
        </>
      ) : (
        <Found what="history" value={failure ? null : list} failure={failure} onRetry={refresh}>
          {({ items, hasNextPage, totalCount }) =>
            items.length === 0 ? (
              <EmptyState title="Nothing has happened yet">Changes of this {noun} are told here.</EmptyState>
            ) : (
              <>
                <ol className={styles.list} aria-label={`Changes of this ${noun}, newest first`}>
                  {items.map((item) => (
                    <li key={item.id}>
                      <ChangeEntry change={item} noun={noun} onShow={() => onMoment(item.position)} />
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
      )}
    </div>
  );
}
