import { Inbox } from "lucide-react";
import type { ReactNode } from "react";
import styles from "./States.module.css";

type EmptyStateProps = { title: string; children?: ReactNode; actions?: ReactNode };

export function EmptyState({ title, children, actions }: EmptyStateProps) {
  return (
    <div className={styles.state}>
      <Inbox className={styles.icon} aria-hidden />
      <h2>{title}</h2>
      {children && <p>{children}</p>}
      {actions && <div className={styles.actions}>{actions}</div>}
    </div>
  );
}
