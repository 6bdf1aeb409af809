/** What a history shows: `changes`, or the thing as it was after the event at this position of the log. */
export type Moment = string;

/** Of a query string; undefined: no history is shown. */
export function parseMoment(value: unknown): Moment | undefined {
  if (typeof value !== "string") return undefined;
  return value === "changes" || /^[1-9]\d{0,18}$/.test(value) ? value : undefined;
}
