import { Columns3 } from "lucide-react";
import type { ReactNode } from "react";
import { Menu, MenuTrigger } from "react-aria-components";
import { CheckItem } from "@/components/CheckItem";
import { IconButton } from "@/components/IconButton";
import styles from "@/components/Menu.module.css";
import { MenuPopover } from "@/components/MenuPopover";

type ColumnChoiceProps = {
  labels: readonly string[];
  shown: readonly string[];
  onToggle: (label: string) => void;
  /** What is chosen, where it is no columns. */
  label?: string;
  icon?: ReactNode;
};

/** Which columns a list has. */
export function ColumnChoice({
  labels,
  shown,
  onToggle,
  label = "Columns",
  icon = <Columns3 aria-hidden />,
}: ColumnChoiceProps) {
  return (
    <MenuTrigger>
      <IconButton label={label} kind="plain">
        {icon}
      </IconButton>
      <MenuPopover>
        <Menu
          aria-label={label}
          className={styles.menu ?? ""}
          selectionMode="multiple"
          selectedKeys={shown}
          onSelectionChange={(keys) => {
            if (keys === "all") return;
            const changed = labels.find((label) => keys.has(label) !== shown.includes(label));
            if (changed !== undefined) onToggle(changed);
          }}
        >
          {labels.map((label) => (
            <CheckItem key={label} id={label} label={label} />
          ))}
        </Menu>
      </MenuPopover>
    </MenuTrigger>
  );
}
