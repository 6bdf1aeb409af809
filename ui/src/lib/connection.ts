import { useSyncExternalStore } from "react";

// What the live socket is doing, for the indicator in the top bar.

export type ConnectionStatus = "connecting" | "connected" | "offline";

let status: ConnectionStatus = "connecting";
const listeners = new Set<() => void>();

export function reportConnection(next: ConnectionStatus): void {
  if (next === status) return;
  status = next;
  for (const listener of listeners) listener();
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

let roundTripMs: number | null = null;

/** How long the server took for a sign of life. */
export function reportRoundTrip(ms: number): void {
  roundTripMs = ms;
  for (const listener of listeners) listener();
}

/** Null until the first sign. */
export function useRoundTrip(): number | null {
  return useSyncExternalStore(subscribe, () => roundTripMs);
}

export function useConnectionStatus(): ConnectionStatus {
  return useSyncExternalStore(subscribe, () => status);
}
