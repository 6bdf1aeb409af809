import { ArrowRight, SkipForward } from "lucide-react";
import { type ReactNode, useEffect, useRef } from "react";
import { useMutation, useQuery } from "urql";
import { Button } from "@/components/Button";
import { EmptyState } from "@/components/EmptyState";
import { ErrorState } from "@/components/ErrorState";
import { Found } from "@/components/Found";
import { Markdown } from "@/components/Markdown";
import { Progress } from "@/components/Progress";
import { Scrollable } from "@/components/Scrollable";
import { ReviewItems } from "@/features/annotations/ReviewItems";
import { useQueueChanges } from "@/features/annotations/useQueueChanges";
import { useQueueItems } from "@/features/annotations/useQueueItems";
import { type DocumentType, graphql } from "@/gql";
import { failureOf } from "@/lib/failure";
import { useChord, useHotkeys } from "@/lib/hotkeys";
import styles from "./Review.module.css";

const ReviewQuery = graphql(`
  query Review($id: ID!) {
    server {
      position
    }
    annotationQueue(id: $id) {
      id
      name
      instructions
      scope
      commentsEnabled
      feedbackDefinitionNames
      itemCount
      completedCount
      reviewers {
        name
        items
      }
      nextItem {
        id
      }
      items(first: 500) {
        nodes {
          id
          standing
        }
      }
    }
  }
`);

const LockAnnotationItemMutation = graphql(`
  mutation LockAnnotationItem($id: ID!, $item: ID!) {
    lockAnnotationItem(id: $id, item: $item)
  }
`);

type Queue = NonNullable<DocumentType<typeof ReviewQuery>["annotationQueue"]>;
export type Reviewed = { scope: Queue["scope"]; id: string; names: readonly string[]; hasComments: boolean };

type ReviewProps = {
  queueId: string;
  /** The item that was asked for; otherwise the next that waits. */
  askedId: string | undefined;
  onAsk: (itemId: string | undefined) => void;
  /** What is judged. */
  thing: (reviewed: Reviewed) => ReactNode;
  /** Where it is judged. */
  judgement: (reviewed: Reviewed) => ReactNode;
  /** The way back. */
  back: ReactNode;
};

/** One item after the other, until nothing waits any more. */
export function Review({ queueId, askedId, onAsk, thing, judgement, back }: ReviewProps) {
  const [{ data, error, fetching }, read] = useQuery({
    query: ReviewQuery,
    variables: { id: queueId },
    requestPolicy: "network-only",
  });
  const [, lock] = useMutation(LockAnnotationItemMutation);
  const items = useQueueItems(queueId);
  useQueueChanges({ id: queueId, position: data?.server.position, onChanges: items.catchUp });
  const queue = data?.annotationQueue;
  const itemId = askedId ?? queue?.nextItem?.id ?? null;
  useEffect(() => {
    // That two people look at the same item is a pity, no more: without the lock the review goes on.
    if (itemId) lock({ id: queueId, item: itemId });
  }, [itemId, queueId, lock]);
  const onNext = () => {
    onAsk(undefined);
    read({ requestPolicy: "network-only" });
  };
  useChord("enter", onNext);
  if (data && !queue && !fetching) {
    return <ErrorState title="There is no such queue" message="It may have been deleted." />;
  }
  return (
    <Found what="queue" value={queue} failure={error ? failureOf(error) : null} onRetry={onNext}>
      {(found) => (
        <div className={styles.review}>
          <header className={styles.head}>
            <h1>{found.name}</h1>
            <Progress label="Judged" done={found.completedCount} all={found.itemCount} />
            {back}
          </header>
          <div className={styles.body}>
            <ReviewItems items={items} currentId={itemId} reviewers={found.reviewers} onOpen={onAsk} />
            {itemId === null ? (
              <EmptyState title="Nothing is left for you" actions={back}>
                You have judged what waited in this queue. Thank you.
              </EmptyState>
            ) : (
              <Item
                key={itemId}
                queue={found}
                itemId={itemId}
                thing={thing}
                judgement={judgement}
                onNext={onNext}
                onSkip={() => onAsk(nextAfter(found, itemId))}
              />
            )}
          </div>
        </div>
      )}
    </Found>
  );
}

/** The next that waits, from the beginning again after the last. */
function nextAfter({ items }: Queue, id: string): string {
  const at = items.nodes.findIndex((item) => item.id === id);
  const others = [...items.nodes.slice(at + 1), ...items.nodes.slice(0, at)];
  return others.find(({ standing }) => standing === "WAITING")?.id ?? id;
}

type ItemProps = Pick<ReviewProps, "thing" | "judgement"> & {
  queue: Queue;
  itemId: string;
  onNext: () => void;
  onSkip: () => void;
};

function Item({ queue, itemId, thing, judgement, onNext, onSkip }: ItemProps) {
  useHotkeys({ s: onSkip });
  const panes = useRef<HTMLDivElement>(null);
  // The first score takes the focus; on a narrow screen, where it is beneath, what is judged is still read first.
  useEffect(() => {
    panes.current?.scrollTo({ top: 0 });
  }, []);
  const reviewed: Reviewed = {
    scope: queue.scope,
    id: itemId,
    names: queue.feedbackDefinitionNames,
    hasComments: queue.commentsEnabled,
  };
  return (
    <div className={styles.panes} ref={panes}>
      <Scrollable label="What is judged" className={styles.thing}>
        {thing(reviewed)}
      </Scrollable>
      <section className={styles.judgement} aria-label="Judgement">
        {queue.instructions && (
          <div className={styles.instructions}>
            <Markdown text={queue.instructions} />
          </div>
        )}
        {judgement(reviewed)}
        <footer className={styles.actions}>
          <Button onPress={onSkip} aria-keyshortcuts="S">
            <SkipForward aria-hidden /> Skip <kbd>S</kbd>
          </Button>
          <Button kind="primary" onPress={onNext}>
            Done, next <kbd>Ctrl Enter</kbd> <ArrowRight aria-hidden />
          </Button>
        </footer>
      </section>
    </div>
  );
}
