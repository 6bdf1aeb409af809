import { Download, X } from "lucide-react";
import type { ReactNode } from "react";
import { Menu, MenuItem, MenuTrigger } from "react-aria-components";
import { Button } from "@/components/Button";
import { IconButton } from "@/components/IconButton";
import menuStyles from "@/components/Menu.module.css";
import { MenuPopover } from "@/components/MenuPopover";
import { formatCount } from "@/lib/format";
import styles from "./Logs.module.css";

type SelectionBarProps = {
  count: number;
  onExport: (format: "csv" | "json") => void;
  onClear: () => void;
  /** What else can be done with what is chosen. */
  children: ReactNode;
};

export function SelectionBar({ count, onExport, onClear, children }: SelectionBarProps) {
  return (
    <section className={styles.selection} aria-label="Selection">
      <strong role="status">{formatCount(count)} selected</strong>
      {children}
      <MenuTrigger>
        <Button>
          <Download aria-hidden /> Export
        </Button>
        <MenuPopover>
          <Menu
            aria-label="Export"
            className={menuStyles.menu ?? ""}
            onAction={(key) => onExport(key === "json" ? "json" : "csv")}
          >
            <MenuItem id="csv" className={menuStyles.item ?? ""}>
              Shown columns as CSV
            </MenuItem>
            <MenuItem id="json" className={menuStyles.item ?? ""}>
              Shown columns as JSON
            </MenuItem>
          </Menu>
        </MenuPopover>
      </MenuTrigger>
      <IconButton label="Clear selection" shortcut="Esc" onPress={onClear}>
        <X aria-hidden />
      </IconButton>
    </section>
  );
}
