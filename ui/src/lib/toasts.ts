import { useSyncExternalStore } from "react";

// Short notices of what was done, with a way back where there is one.

export type Toast = { id: number; text: string; undo?: (() => void) | undefined };

const SHOWN_MS = 8_000;
let toasts: readonly Toast[] = [];
let lastId = 0;
const listeners = new Set<() => void>();

function set(next: readonly Toast[]): void {
  toasts = next;
  for (const tell of listeners) tell();
}

export function dismissToast(id: number): void {
  set(toasts.filter((toast) => toast.id !== id));
}

export function showToast(text: string, undo?: () => void): void {
  lastId += 1;
  const id = lastId;
  set([...toasts.slice(-2), { id, text, undo }]);
  window.setTimeout(() => dismissToast(id), SHOWN_MS);
}

export function useToasts(): readonly Toast[] {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => toasts,
  );
}
