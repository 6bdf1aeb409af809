// Lines of what was done: events that one request made alike are one of them. Pure.

type Done = { position: string; request: string; kind: string; undoes?: string | null | undefined };

export type DoneLine<Event extends Done> = {
  id: string;
  /** The newest of them, which the line is about. */
  event: Event;
  /** How many of a kind the request made. */
  count: number;
  /** It was taken back, all of it, and counts for nothing by now. */
  isUndone: boolean;
};

/** `events` are the newest first, without a gap: what took one of them back is among them. */
export function doneLines<Event extends Done>(events: readonly Event[]): DoneLine<Event>[] {
  const undone = new Set<string>();
  const lines: DoneLine<Event>[] = [];
  for (const event of events) {
    const isUndone = undone.has(event.position);
    // What was taken back takes nothing back any more.
    if (event.undoes && !isUndone) undone.add(event.undoes);
    const last = lines.at(-1);
    if (last && last.event.request === event.request && last.event.kind === event.kind) {
      last.count += 1;
      last.isUndone &&= isUndone;
    } else lines.push({ id: event.position, event, count: 1, isUndone });
  }
  return lines;
}
