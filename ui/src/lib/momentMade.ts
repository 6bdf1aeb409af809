import type { CombinedError } from "@urql/core";
import { useEffect, useSyncExternalStore } from "react";
import { notReady } from "@/lib/failure";

// An earlier moment of a large workspace is made by the server while somebody asks for it. Whoever shows one waits for
// it, and says how far it has come.

/** What the server says of the moment that is waited for. */
type Told = { position: string; message: string };

let waitedFor: string | null = null;
let told: Told | null = null;
const listeners = new Set<() => void>();

function tell(next: Told | null) {
  told = next;
  for (const listener of listeners) listener();
}

/** Whether the question is to be asked again: the moment is being made, and still waited for. */
export function isWaitedFor(position: string, error: CombinedError): boolean {
  const message = notReady(error);
  if (message === null || waitedFor !== position) return false;
  tell({ position, message });
  return true;
}

/** Waits for a moment while it is shown. Returns what the server says of it as long as it is made. */
export function useMomentMade(position: string | undefined): string | null {
  useEffect(() => {
    if (position === undefined) return;
    waitedFor = position;
    return () => {
      waitedFor = null;
      tell(null);
    };
  }, [position]);
  const last = useSyncExternalStore(subscribe, () => told);
  return last && last.position === position ? last.message : null;
}

function subscribe(listener: () => void) {
  listeners.add(listener);
  return () => {
    listeners.delete(listener);
  };
}
