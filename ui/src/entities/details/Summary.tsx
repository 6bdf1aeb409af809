import styles from "./Summary.module.css";

export type SummaryItem = { label: string; value: string; tone?: "accent" | "danger" | undefined };

/** What a thing comes to, in one line above it. */
export function Summary({ items }: { items: readonly SummaryItem[] }) {
  return (
    <dl className={styles.summary} aria-label="Summary">
      {items.map(({ label, value, tone }) => (
        <div key={label} className={styles.item} data-tone={tone}>
          <dt>{label}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}
