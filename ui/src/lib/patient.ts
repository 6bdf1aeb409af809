// Parts of the program that come when they are first needed. One that cannot be fetched just now is no reason to lose
// the page: React and the router remember a failure for good, so it must not reach them before it is certain.

const TRIES_MAX = 8;
const WAIT_MS_MIN = 250;
const WAIT_MS_MAX = 10_000;

/** Loads as `load` does, but asks again, after growing pauses and as soon as the network is back, before it fails. */
export function patient<Part>(load: () => Promise<Part>): () => Promise<Part> {
  return async () => {
    for (let attempt = 0; attempt < TRIES_MAX - 1; attempt += 1) {
      try {
        return await load();
      } catch {
        await untilOnline(Math.min(WAIT_MS_MIN * 2 ** attempt, WAIT_MS_MAX));
      }
    }
    return load();
  };
}

function untilOnline(waitMs: number): Promise<void> {
  return new Promise((resolve) => {
    const wake = () => {
      window.clearTimeout(timer);
      window.removeEventListener("online", wake);
      resolve();
    };
    const timer = window.setTimeout(wake, waitMs);
    window.addEventListener("online", wake);
  });
}
