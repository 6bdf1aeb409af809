type Times = { startedAt?: string | null; completedAt?: string | null };

/** How long it worked; null before its end, and for what never began. */
export function durationOf({ startedAt, completedAt }: Times): number | null {
  return startedAt && completedAt ? Date.parse(completedAt) - Date.parse(startedAt) : null;
}
