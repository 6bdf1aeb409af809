import { ArrowRight, SkipForward } from "lucide-react";
import { type KeyboardEvent, type ReactNode, useEffect, useRef } from "react";
import { useClient, useMutation, useQuery } from "urql";
import { Button } from "@/components/Button";
import { ErrorState } from "@/components/ErrorState";
import { Found } from "@/components/Found";
import { Markdown } from "@/components/Markdown";
import { Progress } from "@/components/Progress";
import { Scrollable } from "@/components/Scrollable";
import { ReviewDone } from "@/features/annotations/ReviewDone";
import { ReviewItems } from "@/features/annotations/ReviewItems";
import { ReviewWelcome } from "@/features/annotations/ReviewWelcome";
import { useQueueChanges } from "@/features/annotations/useQueueChanges";
import { useQueueItems } from "@/features/annotations/useQueueItems";
import { type DocumentType, graphql } from "@/gql";
import { failureOf } from "@/lib/failure";
import { useChord, useHotkeys } from "@/lib/hotkeys";
import { useNamedPage } from "@/lib/shownName";
import { showToast } from "@/lib/toasts";
import styles from "./Review.module.css";

const ReviewQuery = graphql(`
  query Review($id: ID!) {
    server {
      position
    }
    annotationQueue(id: $id) {
      id
      name
      description
      instructions
      scope
      commentsEnabled
      feedbackDefinitionNames
      annotatorsPerItem
      itemCount
      completedCount
      reviewers {
        name
        items
      }
      nextItem {
        id
      }
    }
  }
`);

const ItemAfterQuery = graphql(`
  query ItemAfter($id: ID!, $item: ID!) {
    annotationQueue(id: $id) {
      id
      nextItem(after: $item) {
        id
      }
    }
  }
`);

const LockAnnotationItemMutation = graphql(`
  mutation LockAnnotationItem($id: ID!, $item: ID!) {
    lockAnnotationItem(id: $id, item: $item)
  }
`);

const ANEW = { requestPolicy: "network-only" } as const;

export type ReviewedQueue = NonNullable<DocumentType<typeof ReviewQuery>["annotationQueue"]>;
export type Reviewed = { scope: ReviewedQueue["scope"]; id: string; names: readonly string[]; hasComments: boolean };

type ReviewProps = {
  queueId: string;
  /** The item that was asked for; otherwise the next that waits. */
  askedId: string | undefined;
  onAsk: (itemId: string | undefined) => void;
  /** Given while whoever reviews has yet to be told what is wanted. */
  onBegin?: (() => void) | undefined;
  /** What is judged. */
  thing: (reviewed: Reviewed) => ReactNode;
  /** Where it is judged. */
  judgement: (reviewed: Reviewed) => ReactNode;
  /** The way back; those who come for the review alone have none. */
  back?: ReactNode;
};

/** What is wanted, then one item after the other until nothing waits any more, then what was done. */
export function Review({ queueId, askedId, onAsk, onBegin, thing, judgement, back }: ReviewProps) {
  const [{ data, error, fetching }, read] = useQuery({
    query: ReviewQuery,
    variables: { id: queueId },
    requestPolicy: "network-only",
  });
  const client = useClient();
  const [, lock] = useMutation(LockAnnotationItemMutation);
  const items = useQueueItems(queueId);
  useQueueChanges({ id: queueId, position: data?.server.position, onChanges: items.catchUp });
  const queue = data?.annotationQueue;
  useNamedPage(queue && `Review of ${queue.name}`);
  const nextId = askedId ?? queue?.nextItem?.id ?? null;
  // Nothing is kept from others before the review has begun.
  const itemId = onBegin ? null : nextId;
  useEffect(() => {
    // That two people look at the same item is a pity, no more: without the lock the review goes on.
    if (itemId) lock({ id: queueId, item: itemId });
  }, [itemId, queueId, lock]);
  const onNext = () => {
    onAsk(undefined);
    read(ANEW);
  };
  useChord("enter", onBegin ?? onNext);
  const onSkip = async (item: string) => {
    const { data: found, error: why } = await client.query(ItemAfterQuery, { id: queueId, item }, ANEW).toPromise();
    const next = found?.annotationQueue?.nextItem;
    if (next) onAsk(next.id);
    else showToast(why ? failureOf(why).message : "Nothing else waits for you in this queue.");
  };
  if (data && !queue && !fetching) {
    return <ErrorState title="There is no such queue" message="It may have been deleted." />;
  }
  return (
    <Found what="queue" value={queue} failure={error ? failureOf(error) : null} onRetry={() => read(ANEW)}>
      {(found) => (
        <div className={styles.review}>
          <header className={styles.head}>
            <h1>{found.name}</h1>
            <Progress label="Judged" done={found.completedCount} all={found.itemCount} />
            {back}
          </header>
          {onBegin ? (
            <ReviewWelcome queue={found} onBegin={onBegin} />
          ) : (
            <div className={styles.body}>
              <ReviewItems items={items} currentId={itemId} reviewers={found.reviewers} onOpen={onAsk} />
              {itemId === null ? (
                <ReviewDone queue={found} items={items} back={back} onOpen={onAsk} onLook={onNext} />
              ) : (
                <Item
                  key={itemId}
                  queue={found}
                  itemId={itemId}
                  thing={thing}
                  judgement={judgement}
                  onNext={onNext}
                  onSkip={() => onSkip(itemId)}
                />
              )}
            </div>
          )}
        </div>
      )}
    </Found>
  );
}

type ItemProps = Pick<ReviewProps, "thing" | "judgement"> & {
  queue: ReviewedQueue;
  itemId: string;
  onNext: () => void;
  onSkip: () => void;
};

function Item({ queue, itemId, thing, judgement, onNext, onSkip }: ItemProps) {
  const panes = useRef<HTMLDivElement>(null);
  const focus = (within: string) => panes.current?.querySelector<HTMLElement>(within)?.focus();
  useHotkeys({
    s: onSkip,
    f: () => focus("fieldset :is(input, button)"),
    c: () => focus("[aria-label=Comments] textarea"),
  });
  // Whoever writes gets the keys back by Esc; what was written stays.
  const onKeyDown = (event: KeyboardEvent) => {
    const { target } = event;
    const isWriting = target instanceof HTMLInputElement || target instanceof HTMLTextAreaElement;
    if (event.key === "Escape" && isWriting) target.blur();
  };
  const reviewed: Reviewed = {
    scope: queue.scope,
    id: itemId,
    names: queue.feedbackDefinitionNames,
    hasComments: queue.commentsEnabled,
  };
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: what is written into lies within
    <div className={styles.panes} ref={panes} onKeyDown={onKeyDown}>
      <Scrollable label="What is judged" className={styles.thing}>
        {queue.instructions && (
          <div className={styles.instructions}>
            <Markdown text={queue.instructions} />
          </div>
        )}
        {thing(reviewed)}
      </Scrollable>
      <section className={styles.judgement} aria-label="Judgement">
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
