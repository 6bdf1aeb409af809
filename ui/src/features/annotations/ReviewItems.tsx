import { Check, CheckCheck, Circle, Lock } from "lucide-react";
import { type KeyboardEvent, type ReactNode, useRef } from "react";
import { Found } from "@/components/Found";
import { LoadMore } from "@/components/LoadMore";
import { type QueuedItem, titleOf, type useQueueItems } from "@/features/annotations/useQueueItems";
import type { AnnotationStanding } from "@/gql/graphql";
import { formatCount } from "@/lib/format";
import { useChord, useHotkeys } from "@/lib/hotkeys";
import styles from "./Review.module.css";

type ReviewItemsProps = {
  items: ReturnType<typeof useQueueItems>;
  currentId: string | null;
  reviewers: readonly { name: string; items: number }[];
  onOpen: (id: string) => void;
};

/** All that is in the queue, with what it is to whoever reviews, and who has judged how much. */
export function ReviewItems({ items, currentId, reviewers, onOpen }: ReviewItemsProps) {
  const list = useRef<HTMLDivElement>(null);
  const buttons = () => [...(list.current?.querySelectorAll("button") ?? [])];
  const sections = sectionsOf(items.list?.items ?? []);
  const known = sections.flatMap((section) => section.items);
  const at = known.findIndex(({ id }) => id === currentId);
  const go = (by: number) => {
    const next = known[at < 0 && by < 0 ? known.length - 1 : at + by];
    if (next) onOpen(next.id);
  };
  useHotkeys({ j: () => go(1), k: () => go(-1) });
  useChord("i", () => buttons()[Math.max(at, 0)]?.focus());
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key !== "ArrowDown" && event.key !== "ArrowUp") return;
    event.preventDefault();
    const all = buttons();
    const focused = all.indexOf(document.activeElement as HTMLButtonElement);
    all[focused + (event.key === "ArrowDown" ? 1 : -1)]?.focus();
  };
  return (
    <aside className={styles.items} aria-label="Items of the queue">
      <p className={styles.keys}>
        <kbd>J</kbd> <kbd>K</kbd> next and previous, <kbd>Ctrl I</kbd> to the list, <kbd>F</kbd> to the scores,{" "}
        <kbd>C</kbd> to the comment
      </p>
      <Found what="items" value={items.failure ? null : items.list} failure={items.failure} onRetry={items.refresh}>
        {({ hasNextPage }) => (
          <>
            {/* biome-ignore lint/a11y/noStaticElementInteractions: the buttons within are what takes the keys */}
            <div ref={list} onKeyDown={onKeyDown}>
              {sections.map((section) => (
                <section key={section.label} aria-label={section.label}>
                  <h2>
                    {section.label} <small>{`${formatCount(section.items.length)}${hasNextPage ? "+" : ""}`}</small>
                  </h2>
                  <ol>
                    {section.items.map((item) => (
                      <li key={item.id}>
                        <Entry item={item} isCurrent={item.id === currentId} onOpen={() => onOpen(item.id)} />
                      </li>
                    ))}
                  </ol>
                </section>
              ))}
            </div>
            {items.more && <LoadMore {...items.more} />}
          </>
        )}
      </Found>
      {reviewers.length > 0 && (
        <ul className={styles.reviewers} aria-label="Judged by">
          {reviewers.map((reviewer) => (
            <Reviewer key={reviewer.name} {...reviewer} all={items.list?.totalCount ?? 0} />
          ))}
        </ul>
      )}
    </aside>
  );
}

type Section = { label: string; items: readonly QueuedItem[] };

/** What waits, what others are at, and what is over; in this order the keys go through it. */
function sectionsOf(items: readonly QueuedItem[]): Section[] {
  const having = (...wanted: AnnotationStanding[]) => items.filter(({ standing }) => wanted.includes(standing));
  return [
    { label: "To review", items: having("WAITING") },
    { label: "In review", items: having("TAKEN") },
    { label: "Completed", items: having("JUDGED", "COMPLETE") },
  ].filter((section) => section.items.length > 0);
}

const STANDINGS: Record<AnnotationStanding, { label: string; icon: ReactNode }> = {
  WAITING: { label: "to do", icon: <Circle aria-hidden /> },
  JUDGED: { label: "judged by you", icon: <Check aria-hidden /> },
  COMPLETE: { label: "judged by others", icon: <CheckCheck aria-hidden /> },
  TAKEN: { label: "somebody else is at it", icon: <Lock aria-hidden /> },
};

type EntryProps = { item: QueuedItem; isCurrent: boolean; onOpen: () => void };

function Entry({ item, isCurrent, onOpen }: EntryProps) {
  const { label, icon } = STANDINGS[item.standing];
  const by = item.standing === "TAKEN" ? item.locks.map((lock) => lock.by).join(", ") : "";
  return (
    <button
      type="button"
      aria-current={isCurrent || undefined}
      data-standing={item.standing.toLowerCase()}
      onClick={onOpen}
    >
      {icon}
      <span>{titleOf(item)}</span>
      <small>{by ? `${by} is at it` : label}</small>
    </button>
  );
}

function Reviewer({ name, items, all }: { name: string; items: number; all: number }) {
  return (
    <li>
      <span>{name}</span>
      <progress aria-label={`Judged by ${name}`} value={items} max={Math.max(1, all)} />
      <span>{formatCount(items)}</span>
    </li>
  );
}
