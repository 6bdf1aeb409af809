import type { ReactNode } from "react";
import { formatCount } from "@/lib/format";
import styles from "./Page.module.css";

type PageProps = {
  title: ReactNode;
  /** How many there are of what the page lists. */
  count?: number | null | undefined;
  about?: ReactNode;
  actions?: ReactNode;
  /** Takes all the room there is, for tables and comparisons. */
  isWide?: boolean;
  children: ReactNode;
};

/** A page that scrolls as a whole, beneath its title. */
export function Page({ title, count, about, actions, isWide = false, children }: PageProps) {
  return (
    <div className={styles.page} data-scroller>
      <div className={styles.inner} data-wide={isWide || undefined}>
        <header className={styles.head}>
          <h1>
            {title} {count != null && <small>{formatCount(count)}</small>}
          </h1>
          {actions && <div className={styles.actions}>{actions}</div>}
        </header>
        {about && <div className={styles.about}>{about}</div>}
        {children}
      </div>
    </div>
  );
}
