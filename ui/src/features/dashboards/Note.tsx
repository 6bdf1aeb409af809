import type { ReactNode } from "react";
import styles from "./Dashboard.module.css";

/** What stands in a widget instead of figures. */
export function Note({ children }: { children: ReactNode }) {
  return <p className={styles.note}>{children}</p>;
}
