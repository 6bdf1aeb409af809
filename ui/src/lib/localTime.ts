// Instants, and how fields of forms show them: by the clock on the wall. Pure.

/** As ISO 8601 in UTC; null for what is no time. */
export function timeOf(text: string | undefined): string | null {
  const time = Date.parse(text ?? "");
  return Number.isNaN(time) ? null : new Date(time).toISOString();
}

/** The instant as the clock on the wall shows it, for a field of a form. */
export function localOf(iso: string | undefined): string {
  const time = timeOf(iso);
  if (time === null) return "";
  const at = new Date(time);
  return new Date(at.getTime() - at.getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
}

export const instantOf = (local: string): string | undefined => timeOf(local) ?? undefined;
