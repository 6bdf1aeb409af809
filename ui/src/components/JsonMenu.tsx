import { ClipboardCopy, Route } from "lucide-react";
import type { ReactNode } from "react";
import { Menu, MenuItem, Popover } from "react-aria-components";
import type { JsonNode } from "@/components/jsonRows";
import { writePath } from "@/lib/jsonPath";
import { showToast } from "@/lib/toasts";
import styles from "./Menu.module.css";

export type JsonMenuItem = { id: string; label: string; icon: ReactNode; onAction: () => void };

type JsonMenuProps = {
  root: string;
  /** The value that it is about, and the button that it hangs on. */
  opened: { node: JsonNode; button: HTMLElement } | null;
  textOf: (node: JsonNode) => Promise<string>;
  items: ((node: JsonNode) => readonly JsonMenuItem[]) | undefined;
  onClose: () => void;
};

/** What can be done with one value of a tree. */
export function JsonMenu({ root, opened, textOf, items, onClose }: JsonMenuProps) {
  if (!opened) return null;
  const { node, button } = opened;
  const label = `Actions for ${node.id || "the value"}`;
  const all: JsonMenuItem[] = [
    {
      id: "value",
      label: "Copy value",
      icon: <ClipboardCopy aria-hidden />,
      onAction: () => copy("value", textOf(node)),
    },
    {
      id: "path",
      label: "Copy path",
      icon: <Route aria-hidden />,
      onAction: () => copy("path", Promise.resolve(writePath(root, node.steps))),
    },
    ...(items?.(node) ?? []),
  ];
  return (
    <Popover
      aria-label={label}
      triggerRef={{ current: button }}
      isOpen
      onOpenChange={onClose}
      className={styles.popover ?? ""}
      placement="bottom end"
      offset={4}
    >
      <Menu
        aria-label={label}
        className={styles.menu ?? ""}
        autoFocus="first"
        onClose={onClose}
        onAction={(id) => all.find((item) => item.id === id)?.onAction()}
      >
        {all.map(({ id, label, icon }) => (
          <MenuItem key={id} id={id} textValue={label} className={styles.item ?? ""}>
            {icon} {label}
          </MenuItem>
        ))}
      </Menu>
    </Popover>
  );
}

function copy(what: string, text: Promise<string>): void {
  text
    .then((words) => navigator.clipboard.writeText(words))
    .then(
      () => showToast(`Copied the ${what}.`),
      () => showToast("Copying was refused by the browser."),
    );
}
