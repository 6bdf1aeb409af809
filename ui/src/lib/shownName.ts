import { useEffect, useSyncExternalStore } from "react";

// What the page in view shows is called: the page says it, the bar above and the window tell it.

let shown: string | null = null;
const listeners = new Set<() => void>();

function show(name: string | null): void {
  if (name === shown) return;
  shown = name;
  for (const listener of listeners) listener();
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** Says what the page shows, as long as it shows it. */
export function useNamedPage(name: string | null | undefined): void {
  useEffect(() => {
    show(name || null);
    return () => show(null);
  }, [name]);
}

export const useShownName = (): string | null => useSyncExternalStore(subscribe, () => shown);
