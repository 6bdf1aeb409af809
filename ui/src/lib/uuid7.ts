/** An id for what began at a time, as clients make them: of version 7, in the order of time. */
export function uuid7(ms: number): string {
  const bytes = crypto.getRandomValues(new Uint8Array(10));
  const tail = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  const time = Math.floor(ms).toString(16).padStart(12, "0");
  const variant = ((Number.parseInt(tail.slice(3, 4), 16) & 0x3) | 0x8).toString(16);
  return `${time.slice(0, 8)}-${time.slice(8)}-7${tail.slice(0, 3)}-${variant}${tail.slice(4, 7)}-${tail.slice(7, 19)}`;
}
