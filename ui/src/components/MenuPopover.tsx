import type { ReactNode } from "react";
import { Popover } from "react-aria-components";
import styles from "./Menu.module.css";

export function MenuPopover({ children }: { children: ReactNode }) {
  return (
    <Popover className={styles.popover ?? ""} placement="bottom end" offset={4}>
      {children}
    </Popover>
  );
}
