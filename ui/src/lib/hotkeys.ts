import { useEffect, useEffectEvent } from "react";
import { parseBoolean, readStored, useStored } from "@/lib/storage";

export type Hotkeys = Record<string, (event: KeyboardEvent) => void>;

type HotkeysOptions = {
  /** They belong to an open dialog, and to nothing beneath it. */
  isInDialog?: boolean;
};

/** Where a key means text, or belongs to an open dialog or menu, it is not a shortcut. */
function isTaken(event: KeyboardEvent, { isInDialog = false }: HotkeysOptions): boolean {
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return true;
  const target = event.target;
  if (!(target instanceof HTMLElement)) return false;
  if (target.isContentEditable || target.matches("input, textarea, select")) return true;
  return target.closest(`${isInDialog ? "" : "[role=dialog], "}[role=menu], [role=listbox]`) !== null;
}

const REVERSED = "keys.reversed";
const OTHER_WAY: Record<string, string> = { j: "k", k: "j" };

/** Whether J goes up and K goes down, as some are used to. */
export const useReversedKeys = () => useStored(REVERSED, parseBoolean, false);

function meantBy(key: string): string {
  const plain = key.length === 1 ? key.toLowerCase() : key;
  const other = OTHER_WAY[plain];
  return other && readStored(REVERSED, parseBoolean, false) ? other : plain;
}

/** Keys by `event.key`, letters in lower case. */
export function useHotkeys(keys: Hotkeys, options: HotkeysOptions = {}): void {
  const onKeyDown = useEffectEvent((event: KeyboardEvent) => {
    const action = keys[meantBy(event.key)];
    if (!action || isTaken(event, options)) return;
    event.preventDefault();
    action(event);
  });
  useEffect(() => {
    const listener = (event: KeyboardEvent) => onKeyDown(event);
    window.addEventListener("keydown", listener);
    return () => window.removeEventListener("keydown", listener);
  }, []);
}

/** Ctrl or ⌘ with a letter, or with Enter: meant wherever the focus is. */
export function useChord(letter: string, action: () => void): void {
  const onKeyDown = useEffectEvent((event: KeyboardEvent, isAhead: boolean) => {
    if (!(event.ctrlKey || event.metaKey) || event.altKey || event.shiftKey || event.key.toLowerCase() !== letter)
      return;
    // A button would take Enter for a press of its own, and is kept from hearing of it; a field does its part first.
    const isOnButton = event.target instanceof Element && event.target.closest("button") !== null;
    if (isOnButton !== isAhead) return;
    event.preventDefault();
    if (isOnButton) event.stopPropagation();
    action();
  });
  useEffect(() => {
    const ahead = (event: KeyboardEvent) => onKeyDown(event, true);
    const after = (event: KeyboardEvent) => onKeyDown(event, false);
    window.addEventListener("keydown", ahead, { capture: true });
    window.addEventListener("keydown", after);
    return () => {
      window.removeEventListener("keydown", ahead, { capture: true });
      window.removeEventListener("keydown", after);
    };
  }, []);
}
