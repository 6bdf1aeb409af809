import type { ReactNode } from "react";
import { Tooltip } from "react-aria-components";
import styles from "./Tip.module.css";

/** The words of a tooltip; stands beside its trigger in a `TooltipTrigger`. */
export function Tip({ children }: { children: ReactNode }) {
  return (
    <Tooltip className={styles.tip ?? ""} offset={6}>
      {children}
    </Tooltip>
  );
}
