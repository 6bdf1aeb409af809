import { type LogsSearch, logsTypeOf, parseLogsSearch, parseSort } from "@/entities/logs/logsSearch";

// A saved view, as its config has it: `{"version": 1, "search": {…}}`, where `search` is the part of the address that says
// what is listed and how.

const PARTS = ["logsType", "filter", "q", "sort", "differs", "among"] as const;

/** What the address says of the list, whatever is open beside it. */
function listedIn(search: LogsSearch, columns: string | undefined): LogsSearch {
  const parts = PARTS.flatMap((key) => (search[key] ? [[key, search[key]]] : []));
  return { ...Object.fromEntries(parts), ...(columns ? { columns } : {}) };
}

export function configOf(search: LogsSearch, columns: string): string {
  return JSON.stringify({ version: 1, search: listedIn(search, columns) });
}

/** The part of the address that shows a view; of one that means nothing, the usual list. */
export function searchOf(config: string | null): LogsSearch {
  try {
    const { search } = JSON.parse(config ?? "") ?? {};
    const parsed = parseLogsSearch(typeof search === "object" && search !== null ? search : {});
    return listedIn(parsed, parsed.columns);
  } catch {
    return {};
  }
}

/** Whether the list on screen is another one than the view was saved with. */
export function tellsApart(config: string | null, search: LogsSearch, columns: string): boolean {
  const text = (one: LogsSearch) => [...PARTS, "columns" as const].map((key) => one[key] ?? "").join("\n");
  return text(searchOf(config)) !== text(listedIn(search, columns));
}

const TYPES = { traces: "Traces", spans: "Spans", threads: "Threads" };

/** In a few words, for a list of views. */
export function shownIn(config: string | null): string {
  const search = searchOf(config);
  return [
    TYPES[logsTypeOf(search)],
    search.filter,
    search.q && `“${search.q}”`,
    search.sort && `by ${parseSort(search.sort).field}`,
  ]
    .filter(Boolean)
    .join(", ");
}
