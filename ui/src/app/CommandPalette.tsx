import { type KeyboardEvent, useState } from "react";
import {
  Autocomplete,
  Dialog,
  Header,
  Input,
  Menu,
  MenuItem,
  MenuSection,
  Modal,
  ModalOverlay,
  SearchField,
} from "react-aria-components";
import { usePaletteEntries } from "@/app/usePaletteEntries";
import menuStyles from "@/components/Menu.module.css";
import styles from "./CommandPalette.module.css";

type CommandPaletteProps = { isOpen: boolean; onOpenChange: (isOpen: boolean) => void; onKeys: () => void };

/** Every place and every action by a few letters of its name. */
export function CommandPalette({ isOpen, onOpenChange, onKeys }: CommandPaletteProps) {
  const [text, setText] = useState("");
  const { entries, isSearching } = usePaletteEntries({ text, isOpen, onKeys });
  const groups = [...new Set(entries.map((entry) => entry.group))];
  const close = (open: boolean) => {
    setText("");
    onOpenChange(open);
  };
  const onAction = (id: string) => {
    close(false);
    entries.find((entry) => entry.id === id)?.run();
  };
  // The first entry is what is meant until another is marked: it may have come just now.
  const [first] = entries;
  const onKeyDown = (event: KeyboardEvent<HTMLInputElement>) => {
    if (event.key !== "Enter" || event.nativeEvent.isComposing || text.trim() === "") return;
    if (first && !event.currentTarget.getAttribute("aria-activedescendant")) onAction(first.id);
  };
  return (
    <ModalOverlay className={styles.veil ?? ""} isOpen={isOpen} onOpenChange={close} isDismissable>
      <Modal className={styles.modal ?? ""}>
        <Dialog aria-label="Command palette" className={styles.dialog ?? ""}>
          <Autocomplete inputValue={text} onInputChange={setText} disableAutoFocusFirst>
            <SearchField aria-label="Go to or do" autoFocus className={styles.field ?? ""}>
              <Input
                placeholder="Search everything, go somewhere, do something"
                className={styles.input ?? ""}
                onKeyDown={onKeyDown}
              />
            </SearchField>
            <Menu
              aria-label="Commands"
              className={styles.list ?? ""}
              onAction={(key) => onAction(String(key))}
              renderEmptyState={() => (
                <p className={styles.nothing}>{isSearching ? "Searching…" : "Nothing of that name."}</p>
              )}
            >
              {groups.map((group) => (
                <MenuSection key={group} id={group}>
                  <Header className={styles.group ?? ""}>{group}</Header>
                  {entries
                    .filter((entry) => entry.group === group)
                    .map(({ id, label, note, Icon }) => (
                      <MenuItem
                        key={id}
                        id={id}
                        textValue={label}
                        className={`${menuStyles.item} ${id === first?.id && text ? styles.first : ""}`}
                      >
                        <Icon aria-hidden /> <span className={styles.label}>{label}</span>
                        {note && <small className={styles.note}>{note}</small>}
                      </MenuItem>
                    ))}
                </MenuSection>
              ))}
            </Menu>
          </Autocomplete>
          <p role="status" className={styles.foot}>
            {isSearching && entries.length > 0 ? "Searching for more…" : ""}
          </p>
        </Dialog>
      </Modal>
    </ModalOverlay>
  );
}
