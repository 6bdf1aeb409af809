import type { ReactNode } from "react";
import styles from "./SectionHead.module.css";

type SectionHeadProps = { id: string; title: string; actions?: ReactNode; children?: ReactNode };

/** The head of one part of a page. */
export function SectionHead({ id, title, actions, children }: SectionHeadProps) {
  return (
    <header className={styles.head}>
      <div>
        <h2 id={id}>{title}</h2>
        {children && <p>{children}</p>}
      </div>
      {actions}
    </header>
  );
}
