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
  /** All of them, or none; absent where something must stay. */
  onToggleAll?: (isShown: boolean) => void;
  /** What is chosen, where it is no columns. */
  label?: string;
  icon?: ReactNode;
  /** What leads to columns that are not among these. */
  further?: { label: string; onAction: () => void };
};

/** No column is called so. */
const [FURTHER, ALL, NONE] = [" further", " all", " none"];

/** Which columns a list has. */
export function ColumnChoice({
  labels,
  shown,
  onToggle,
  onToggleAll,
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
          onAction={(key) => {
            if (key === FURTHER) further?.onAction();
            if (key === ALL || key === NONE) onToggleAll?.(key === ALL);
          }}
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
          {onToggleAll && <Separator className={styles.line ?? ""} />}
          {onToggleAll && (
            <MenuSection aria-label="All">
              <MenuItem id={ALL} className={styles.item ?? ""}>
                Show all
              </MenuItem>
              <MenuItem id={NONE} className={styles.item ?? ""}>
                Hide all
              </MenuItem>
            </MenuSection>
          )}
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
