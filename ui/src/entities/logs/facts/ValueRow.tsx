import styles from "./Facts.module.css";

type ValueRowProps = {
  label: string;
  /** Bars from 0 to 1, one under the other; the first is of what is looked at. */
  shares: readonly number[];
  /** As it stands at the end of the row. */
  told: string;
  /** As it is read aloud. */
  spoken: string;
  isQuiet?: boolean;
  onPress: () => void;
};

/** A value, how often it is met, and a press that filters by it. */
export function ValueRow({ label, shares, told, spoken, isQuiet = false, onPress }: ValueRowProps) {
  return (
    <li>
      <button
        type="button"
        className={styles.value}
        title="Filter by this"
        data-quiet={isQuiet || undefined}
        onClick={onPress}
      >
        <span className={styles.label} title={label}>
          {label}
        </span>
        <span className="visually-hidden">{spoken}</span>
        <span className={styles.bars} aria-hidden>
          {shares.map((share, at) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: a bar is known by its place
            <span key={at} style={{ width: `${Math.max(share > 0 ? 1 : 0, share * 100)}%` }} />
          ))}
        </span>
        <span className={styles.told} aria-hidden>
          {told}
        </span>
      </button>
    </li>
  );
}
