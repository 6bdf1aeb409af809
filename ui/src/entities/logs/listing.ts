import type { LogItem } from "@/entities/logs/logKind";

// How what the server lists becomes items of the table.

type Listed = { id: string; startTime: string };

/** The order in which the server lists unless it is asked for another. */
export function newestFirst<Row extends Listed>(a: LogItem<Row>, b: LogItem<Row>): number {
  const [left, right] = [a.row?.startTime ?? "", b.row?.startTime ?? ""];
  if (left !== right) return left > right ? -1 : 1;
  return a.id > b.id ? -1 : 1;
}

export function itemOf<Row extends Listed>(row: Row): LogItem<Row> {
  return { id: row.id, row, hits: [] };
}

/** What has changed still matches for the reasons that were given. */
export function withHits<Row>(item: LogItem<Row>, items: readonly LogItem<Row>[] | undefined): LogItem<Row> {
  const old = items?.find((other) => other.id === item.id);
  return old ? { ...item, hits: old.hits } : item;
}

export function pageOf(info: { endCursor?: string | null; hasNextPage: boolean }) {
  return { endCursor: info.endCursor ?? null, hasNextPage: info.hasNextPage };
}
