import {
  type ColumnDef,
  type ColumnOrderState,
  type ColumnSizingState,
  type ColumnVisibilityState,
  columnOrderingFeature,
  columnSizingFeature,
  columnVisibilityFeature,
  tableFeatures,
  useTable,
} from "@tanstack/react-table";
import { TRACE_COLUMNS, type TraceColumn } from "@/features/traces/TraceRow";
import type { TraceItem } from "@/features/traces/useTraceList";
import { useStored } from "@/lib/storage";

// Which columns are shown and how wide; the rows themselves are sorted, filtered and paged by the server.

const FEATURES = tableFeatures({ columnVisibilityFeature, columnSizingFeature, columnOrderingFeature });
type Features = typeof FEATURES;

export const COLUMN_PX_MIN = 56;
export const COLUMN_PX_MAX = 900;

const COLUMNS: ColumnDef<Features, TraceItem>[] = TRACE_COLUMNS.map((column) => ({
  id: column.id,
  header: column.label,
  size: column.width,
  minSize: COLUMN_PX_MIN,
  maxSize: COLUMN_PX_MAX,
  enableHiding: column.id !== "name",
}));
const BY_ID = new Map(TRACE_COLUMNS.map((column) => [column.id, column]));
const HIDDEN: ColumnVisibilityState = Object.fromEntries(
  TRACE_COLUMNS.filter((column) => column.isHidden).map((column) => [column.id, false]),
);
const DEFAULT_ORDER: ColumnOrderState = TRACE_COLUMNS.map((column) => column.id);
const NO_ROWS: TraceItem[] = [];

function parseRecord<T extends "boolean" | "number">(type: T) {
  return (value: unknown): Record<string, T extends "boolean" ? boolean : number> | undefined => {
    if (typeof value !== "object" || value === null) return undefined;
    const known = Object.entries(value).filter(([id, entry]) => BY_ID.has(id) && typeof entry === type);
    return Object.fromEntries(known);
  };
}
const parseVisibility = parseRecord("boolean");
const parseSizing = parseRecord("number");

/** Columns that came with a newer version stand at the end. */
function parseOrder(value: unknown): ColumnOrderState | undefined {
  if (!Array.isArray(value)) return undefined;
  const known = value.filter((id): id is string => typeof id === "string" && BY_ID.has(id));
  return [...new Set([...known, ...DEFAULT_ORDER])];
}

export function useTraceColumns() {
  const [visibility, setVisibility] = useStored<ColumnVisibilityState>("traces.columns", parseVisibility, HIDDEN);
  const [sizing, setSizing] = useStored<ColumnSizingState>("traces.widths", parseSizing, {});
  const [order, setOrder] = useStored<ColumnOrderState>("traces.order", parseOrder, DEFAULT_ORDER);
  const table = useTable({
    features: FEATURES,
    columns: COLUMNS,
    data: NO_ROWS,
    state: { columnVisibility: visibility, columnSizing: sizing, columnOrder: order },
    onColumnVisibilityChange: (update) => setVisibility(typeof update === "function" ? update(visibility) : update),
    onColumnSizingChange: (update) => setSizing(typeof update === "function" ? update(sizing) : update),
  });
  const headers = (table.getHeaderGroups()[0]?.headers ?? []).flatMap((header) => {
    const column = BY_ID.get(header.column.id);
    return column ? [{ column, header }] : [];
  });
  const template = headers.map(({ column }) => trackOf(column, sizing[column.id])).join(" ");
  /** Puts a column where another one stands now. */
  const move = (id: string, toId: string) => {
    if (id === toId || !order.includes(toId)) return;
    const others = order.filter((other) => other !== id);
    const isLater = order.indexOf(id) < order.indexOf(toId);
    others.splice(others.indexOf(toId) + (isLater ? 1 : 0), 0, id);
    setOrder(others);
  };
  /** Past its neighbour among the shown columns. */
  const shift = (id: string, step: 1 | -1) => {
    const at = headers.findIndex(({ column }) => column.id === id);
    const neighbour = headers[at + step];
    if (neighbour) move(id, neighbour.column.id);
  };
  const reset = () => {
    setOrder(DEFAULT_ORDER);
    setVisibility(HIDDEN);
    setSizing({});
  };
  const resize = (id: string, width: number) =>
    setSizing({ ...sizing, [id]: Math.round(Math.max(COLUMN_PX_MIN, Math.min(COLUMN_PX_MAX, width))) });
  const resetWidth = (id: string) =>
    setSizing(Object.fromEntries(Object.entries(sizing).filter(([key]) => key !== id)));
  return { table, headers, template, move, shift, reset, resize, resetWidth };
}

export type TraceColumns = ReturnType<typeof useTraceColumns>;

function trackOf(column: TraceColumn, width: number | undefined): string {
  if (width !== undefined) return `${width}px`;
  return column.grows ? `minmax(${column.width}px, 1fr)` : `${column.width}px`;
}
