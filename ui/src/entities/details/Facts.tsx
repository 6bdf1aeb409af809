import type { ReactNode } from "react";
import styles from "./Facts.module.css";

export type Fact = { label: string; value: ReactNode };

/** Short facts in a line; those without a value are left out. */
export function Facts({ facts, label }: { facts: readonly Fact[]; label: string }) {
  const known = facts.filter(({ value }) => value !== null && value !== undefined && value !== "");
  return (
    <dl className={styles.facts} aria-label={label}>
      {known.map((fact) => (
        <div key={fact.label}>
          <dt>{fact.label}</dt>
          <dd>{fact.value}</dd>
        </div>
      ))}
    </dl>
  );
}
