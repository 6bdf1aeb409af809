import { useState, useSyncExternalStore } from "react";

// Whether somebody presses just now. Until they let go, and what they pressed has heard of it, nothing should move away.

let isPressed = false;
const listeners = new Set<() => void>();

function set(next: boolean): void {
  isPressed = next;
  for (const tell of listeners) tell();
}

const release = () => window.setTimeout(() => set(false));
window.addEventListener("pointerdown", () => set(true), { capture: true });
for (const end of ["pointerup", "pointercancel", "dragend"]) window.addEventListener(end, release, { capture: true });

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** What comes in while the pointer is down waits until it is up: a button that moves away would lose the press. */
export function useSteady<T>(value: T): T {
  const waits = useSyncExternalStore(subscribe, () => isPressed);
  const [shown, setShown] = useState(value);
  if (!waits && shown !== value) setShown(value);
  return waits ? shown : value;
}
