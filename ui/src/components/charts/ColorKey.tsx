import styles from "./Charts.module.css";

type ColorKeyProps = {
  label: string;
  series: readonly { label: string; color: string }[];
  /** Two lines at most. */
  isShort?: boolean;
};

/** Which colour stands for what, beneath a chart. */
export function ColorKey({ label: title, series, isShort = false }: ColorKeyProps) {
  return (
    <ul className={styles.key} aria-label={title} data-short={isShort || undefined}>
      {series.map(({ label, color }) => (
        <li key={label}>
          <span style={{ background: color }} /> {label}
        </li>
      ))}
    </ul>
  );
}
