import { Columns3, Plus } from "lucide-react";
import type { ReactNode } from "react";
import { Menu, MenuItem, MenuSection, MenuTrigger, Separator } from "react-aria-components";
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
  /** What leads to columns that are not among these. */
  further?: { label: string; onAction: () => void };
};

/** No column is called so. */
const FURTHER = " further";

/** Which columns a list has. */
export function ColumnChoice({
  labels,
  shown,
  onToggle,
  label = "Columns",
  icon = <Columns3 aria-hidden />,
  further,
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
          onAction={(key) => key === FURTHER && further?.onAction()}
        >
          <MenuSection
            aria-label="Shown"
            selectionMode="multiple"
            shouldCloseOnSelect={false}
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
          </MenuSection>
          {further && <Separator className={styles.line ?? ""} />}
          {further && (
            <MenuItem id={FURTHER} className={styles.item ?? ""}>
              <Plus aria-hidden /> {further.label}
            </MenuItem>
          )}
        </Menu>
      </MenuPopover>
    </MenuTrigger>
  );
}
