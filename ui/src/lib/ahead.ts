// What is asked before the page that needs it has come: its code and its data are on their way at the same time.

const AGE_MS_MAX = 10_000;
const KEPT_MAX = 4;

type Ahead = { answer: Promise<unknown>; begunMs: number };
const begun = new Map<string, Ahead>();

const isFresh = ({ begunMs }: Ahead) => performance.now() - begunMs < AGE_MS_MAX;

export function readAhead<T>(key: string, read: () => Promise<T>): void {
  const known = begun.get(key);
  if (known && isFresh(known)) return;
  const answer = read();
  // Whoever takes it hears of a failure; if nobody does, nobody wanted it.
  answer.catch(() => {});
  begun.delete(key);
  begun.set(key, { answer, begunMs: performance.now() });
  for (const oldest of begun.keys()) {
    if (begun.size <= KEPT_MAX) break;
    begun.delete(oldest);
  }
}

/** What was asked ahead under the key, for the first who takes it; undefined: nothing, or too long ago. */
export function takeAhead<T>(key: string): Promise<T> | undefined {
  const found = begun.get(key);
  begun.delete(key);
  return found && isFresh(found) ? (found.answer as Promise<T>) : undefined;
}
