import { ArrowDown, ArrowUp, ChevronDown, ChevronRight, Ellipsis, Pencil, Plus, Trash2 } from "lucide-react";
import type { ReactNode } from "react";
import { Button as AriaButton, Menu, MenuItem, MenuTrigger } from "react-aria-components";
import { Button, buttonClass } from "@/components/Button";
import menuStyles from "@/components/Menu.module.css";
import { MenuPopover } from "@/components/MenuPopover";
import type { Section } from "@/features/dashboards/config";
import styles from "@/features/dashboards/Dashboard.module.css";

type DashboardSectionProps = {
  section: Section;
  isFirst: boolean;
  isLast: boolean;
  onExpanded: (isExpanded: boolean) => void;
  onRename: () => void;
  onMove: (by: 1 | -1) => void;
  onRemove: () => void;
  onAddWidget: () => void;
  children: ReactNode;
};

/** Widgets under a title; it closes, has its place among the others, and can be taken away. */
export function DashboardSection({
  section,
  isFirst,
  isLast,
  onExpanded,
  onRename,
  onMove,
  ...props
}: DashboardSectionProps) {
  const { title, expanded: isExpanded = true } = section;
  const acts = [
    { id: "rename", label: "Rename…", Icon: Pencil, run: onRename },
    ...(isFirst ? [] : [{ id: "up", label: "Move up", Icon: ArrowUp, run: () => onMove(-1) }]),
    ...(isLast ? [] : [{ id: "down", label: "Move down", Icon: ArrowDown, run: () => onMove(1) }]),
    { id: "remove", label: "Take away", Icon: Trash2, run: props.onRemove },
  ];
  return (
    <section aria-label={title} className={styles.section}>
      <header>
        <h2>
          <button
            type="button"
            className={styles.fold}
            aria-expanded={isExpanded}
            onClick={() => onExpanded(!isExpanded)}
          >
            {isExpanded ? <ChevronDown aria-hidden /> : <ChevronRight aria-hidden />} {title}
          </button>
        </h2>
        <div className={styles.sectionActs}>
          <Button onPress={props.onAddWidget}>
            <Plus aria-hidden /> Widget
          </Button>
          <MenuTrigger>
            <AriaButton className={buttonClass("quiet", true)} aria-label={`Actions of the section ${title}`}>
              <Ellipsis aria-hidden />
            </AriaButton>
            <MenuPopover>
              <Menu
                aria-label={`Actions of the section ${title}`}
                className={menuStyles.menu ?? ""}
                onAction={(id) => acts.find((act) => act.id === id)?.run()}
              >
                {acts.map(({ id, label, Icon }) => (
                  <MenuItem key={id} id={id} textValue={label} className={menuStyles.item ?? ""}>
                    <Icon aria-hidden /> {label}
                  </MenuItem>
                ))}
              </Menu>
            </MenuPopover>
          </MenuTrigger>
        </div>
      </header>
      {isExpanded && props.children}
    </section>
  );
}
