import type { ReactNode } from "react";
import { ErrorState } from "@/components/ErrorState";
import { Skeleton } from "@/components/Skeleton";
import type { Failure } from "@/lib/failure";
import styles from "./ShortList.module.css";

type ShortListProps<Item> = {
  title: string;
  /** What is read: "experiments". */
  what: string;
  /** The way to all of them. */
  way: ReactNode;
  items: readonly Item[] | null | undefined;
  failure: Failure | null;
  onRetry: () => void;
  /** What is said where there are none. */
  empty: ReactNode;
  keyOf: (item: Item) => string;
  children: (item: Item) => ReactNode;
};

/** The few of something that one looks at first, with the way to all of them. */
export function ShortList<Item>({ title, what, way, items, failure, onRetry, empty, ...props }: ShortListProps<Item>) {
  return (
    <section className={styles.card} aria-label={title}>
      <header>
        <h2>{title}</h2>
        {way}
      </header>
      {failure ? (
        <ErrorState title={`The ${what} could not be read`} message={failure.message} onRetry={onRetry} />
      ) : !items ? (
        <Skeleton label={`Loading ${what}`} rows={4} />
      ) : items.length === 0 ? (
        <p className={styles.empty}>{empty}</p>
      ) : (
        <ul>
          {items.map((item) => (
            <li key={props.keyOf(item)}>{props.children(item)}</li>
          ))}
        </ul>
      )}
    </section>
  );
}

type ShortRowProps = {
  /** The way to the thing. */
  name: ReactNode;
  note?: ReactNode;
  /** What it comes to, at the end of the row. */
  children?: ReactNode;
};

/** One of them: what it is called, what else is to be known, and what it comes to. */
export function ShortRow({ name, note, children }: ShortRowProps) {
  return (
    <div className={styles.row}>
      <div className={styles.name}>
        {name}
        {note && <p>{note}</p>}
      </div>
      {children && <div className={styles.end}>{children}</div>}
    </div>
  );
}
