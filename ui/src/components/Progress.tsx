import { formatCount } from "@/lib/format";
import styles from "./Progress.module.css";

/** How much of something is done. */
export function Progress({ label, done, all }: { label: string; done: number; all: number }) {
  return (
    <span className={styles.progress}>
      <progress aria-label={label} value={done} max={Math.max(1, all)} />
      {formatCount(done)} of {formatCount(all)}
    </span>
  );
}
