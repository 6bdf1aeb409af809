import { useEffect, useEffectEvent } from "react";

// Word that changes were taken back: whatever was read before may be different now.

const listeners = new Set<() => void>();

export function tellTakenBack(): void {
  for (const tell of listeners) tell();
}

export function useTakenBack(onTakenBack: () => void): void {
  const tell = useEffectEvent(onTakenBack);
  useEffect(() => {
    const listener = () => tell();
    listeners.add(listener);
    return () => {
      listeners.delete(listener);
    };
  }, []);
}
