import styles from "./States.module.css";

const WIDTHS = [62, 84, 48, 76, 55, 90, 68, 80, 44, 72];

/** Grey bars where text will stand. */
export function Skeleton({ label, rows = 8 }: { label: string; rows?: number }) {
  return (
    <div className={styles.rows} role="status" aria-label={label}>
      {WIDTHS.slice(0, rows).map((width) => (
        <div key={width} className={styles.bar} style={{ width: `${width}%` }} aria-hidden />
      ))}
    </div>
  );
}
