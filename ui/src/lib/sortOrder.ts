// The order of a list, as it stands in the query string: `cost` ascending, `-cost` descending. Pure.

export type SortOrder = { field: string; direction: "ASC" | "DESC" };

/** As lists of things that are made stand by themselves. */
export const NEWEST_FIRST: SortOrder = { field: "created_at", direction: "DESC" };

export function parseSortOrder(sort: string | undefined, usual: SortOrder): SortOrder {
  if (!sort) return usual;
  return sort.startsWith("-") ? { field: sort.slice(1), direction: "DESC" } : { field: sort, direction: "ASC" };
}

/** Nothing for the usual order. */
export function writeSortOrder({ field, direction }: SortOrder, usual: SortOrder): string | undefined {
  if (field === usual.field && direction === usual.direction) return undefined;
  return direction === "DESC" ? `-${field}` : field;
}

/** A header click: first descending (the large, slow and new are wanted), then ascending, then as it was. */
export function nextSortOrder(current: SortOrder, field: string, usual: SortOrder): SortOrder {
  if (current.field !== field) return { field, direction: "DESC" };
  if (current.direction === "DESC") return { field, direction: "ASC" };
  return field === usual.field ? { field, direction: "DESC" } : usual;
}

/** The order of a list by the query string, and what a header click makes of it. */
export function orderOf(text: string | undefined, usual: SortOrder, onSort: (text: string | undefined) => void) {
  const sort = parseSortOrder(text, usual);
  return { sort, onSort: (field: string) => onSort(writeSortOrder(nextSortOrder(sort, field, usual), usual)) };
}

/** Rows of a list that is here as a whole, in an order; what is equal stays as it stood. */
export function sortedBy<Row>(
  rows: readonly Row[],
  { field, direction }: SortOrder,
  sortValue: (row: Row, field: string) => string | number,
): Row[] {
  const compare = (one: string | number, other: string | number) =>
    typeof one === "number" && typeof other === "number"
      ? one - other
      : String(one).localeCompare(String(other), undefined, { sensitivity: "base" });
  const sign = direction === "ASC" ? 1 : -1;
  return rows.toSorted((one, other) => sign * compare(sortValue(one, field), sortValue(other, field)));
}
