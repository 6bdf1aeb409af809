import type { ReactNode } from "react";
import styles from "./Badge.module.css";

type BadgeProps = { tone?: "plain" | "danger" | "accent"; title?: string; children: ReactNode };

export function Badge({ tone = "plain", title, children }: BadgeProps) {
  const look = tone === "danger" ? styles.danger : tone === "accent" ? styles.accent : "";
  return (
    <span className={`${styles.badge} ${look}`} title={title ?? (typeof children === "string" ? children : undefined)}>
      <span>{children}</span>
    </span>
  );
}
