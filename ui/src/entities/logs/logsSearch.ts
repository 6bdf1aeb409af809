// The view state of a project's logs, as it stands in the query string. Unknown and malformed parts are dropped.
import { nextSortOrder, parseSortOrder, type SortOrder, writeSortOrder } from "@/lib/sortOrder";

export type LogsSearch = {
  /** Full-text search. */
  q?: string;
  /** Text of the query language; the server judges it. */
  filter?: string;
  /** Those that are held against the rest: a filter, and the filter of all that are compared. */
  differs?: string;
  among?: string;
  /** `cost` ascending, `-cost` descending; absent: newest first. */
  sort?: string;
  /** The open trace, or the open thread. */
  trace?: string;
  thread?: string;
  span?: string;
  /** How the spans of the open trace are shown. */
  view?: string;
  /** What is looked for among the spans of the open trace. */
  find?: string;
  /** What is shown of the history of the open trace or span. */
  history?: string;
  /** What is listed; absent: traces. */
  logsType?: string;
  /** The columns and their order, where a link brings them along. */
  columns?: string;
  /** The saved view that was opened. */
  saved?: string;
};

/** What belongs to any of some experiments, or to a queue. */
export function belongingTo(field: "experiment_id" | "annotation_queue_id", ids: readonly string[]): LogsSearch {
  return { filter: ids.map((id) => `${field}:"${id}"`).join(" OR ") };
}

export const LOGS_TYPES = ["traces", "spans", "threads"] as const;
export type LogsType = (typeof LOGS_TYPES)[number];

export function logsTypeOf(search: LogsSearch): LogsType {
  return LOGS_TYPES.find((type) => type === search.logsType) ?? "traces";
}

export const DEFAULT_SORT: SortOrder = { field: "start_time", direction: "DESC" };

export function parseLogsSearch(raw: Record<string, unknown>): LogsSearch {
  const search: LogsSearch = {};
  for (const key of [
    "q",
    "filter",
    "differs",
    "among",
    "sort",
    "trace",
    "span",
    "view",
    "find",
    "history",
    "logsType",
    "columns",
    "saved",
    "thread",
  ] as const) {
    const value = raw[key];
    if (typeof value === "string" && value.trim() !== "") search[key] = value;
  }
  if (search.sort && !/^-?[a-z][a-z0-9_.]*$/i.test(search.sort)) delete search.sort;
  if (search.among && !search.differs) delete search.among;
  if (search.span && !search.trace) delete search.span;
  if (search.find && !search.trace) delete search.find;
  if (search.history && !search.trace) delete search.history;
  return search;
}

export const parseSort = (sort: string | undefined) => parseSortOrder(sort, DEFAULT_SORT);
export const writeSort = (order: SortOrder) => writeSortOrder(order, DEFAULT_SORT);
export const nextSort = (current: SortOrder, field: string) => nextSortOrder(current, field, DEFAULT_SORT);
