import { useCallback, useEffect, useEffectEvent, useState } from "react";

// Preferences of this browser. A value that cannot be read is as good as none.

export function readStored<T>(key: string, parse: (value: unknown) => T | undefined, fallback: T): T {
  try {
    const text = localStorage.getItem(`cairn.${key}`);
    return text === null ? fallback : (parse(JSON.parse(text)) ?? fallback);
  } catch {
    return fallback;
  }
}

const listeners = new Map<string, Set<(value: unknown) => void>>();

/** Whoever uses the value of this key learns of it. */
export function writeStored(key: string, value: unknown): void {
  for (const tell of listeners.get(key) ?? []) tell(value);
  try {
    localStorage.setItem(`cairn.${key}`, JSON.stringify(value));
  } catch {
    // A full or forbidden store costs only the memory of the preference.
  }
}

/** A preference that all who use it share. `parse` must be stable: it is read once, when the component appears. */
export function useStored<T>(key: string, parse: (value: unknown) => T | undefined, fallback: T) {
  const [value, setValue] = useState(() => readStored(key, parse, fallback));
  const onWritten = useEffectEvent((next: unknown) => setValue(parse(next) ?? fallback));
  useEffect(() => {
    const listener = (next: unknown) => onWritten(next);
    const all = listeners.get(key) ?? new Set();
    listeners.set(key, all.add(listener));
    return () => {
      all.delete(listener);
    };
  }, [key]);
  const store = useCallback((next: T) => writeStored(key, next), [key]);
  return [value, store] as const;
}

export const parseNumber = (value: unknown) =>
  typeof value === "number" && Number.isFinite(value) ? value : undefined;
export const parseBoolean = (value: unknown) => (typeof value === "boolean" ? value : undefined);
