// Up to where this page has been told of the log. Lists that are asked for afterwards must have seen that, while they need
// not wait for all that others write in the meantime. After it has written something itself, the server waits for all.

let told = 0n;

export function reportTold(position: string | undefined): void {
  if (position !== undefined && BigInt(position) > told) told = BigInt(position);
}

/** Says it to the server. */
export const knownHeaders = (): Record<string, string> => (told > 0n ? { "cairn-known": String(told) } : {});
