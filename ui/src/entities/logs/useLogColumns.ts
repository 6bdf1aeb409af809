import {
  type ColumnDef,
  columnOrderingFeature,
  columnSizingFeature,
  columnVisibilityFeature,
  tableFeatures,
  useTable,
} from "@tanstack/react-table";
import { useMemo } from "react";
import { isPath, orderKey, parseNames, partsOf } from "@/entities/logs/columnNames";
import { extraColumn, isExtra } from "@/entities/logs/extraColumns";
import type { LogColumn, LogItem, LogKind } from "@/entities/logs/logKind";
import { readStored, useStored, writeStored } from "@/lib/storage";

// Which columns are shown, in which order and how wide; rows are sorted, filtered and paged by the server.

const FEATURES = tableFeatures({ columnVisibilityFeature, columnSizingFeature, columnOrderingFeature });

export const COLUMN_PX_MIN = 56;
export const COLUMN_PX_MAX = 900;
const FIRST = "name";

export type ColumnSets = Record<string, readonly string[]>;

function parseWidths(value: unknown): Record<string, number> | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  return Object.fromEntries(Object.entries(value).filter(([, width]) => typeof width === "number"));
}

function parseSets(value: unknown): ColumnSets | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  return Object.fromEntries(Object.entries(value).flatMap(([name, ids]) => [[name, parseNames(ids) ?? []]]));
}

type LogColumnsOptions = {
  /** The columns that the address names, if it does; then changes go there. */
  linked: string | undefined;
  onLink: (columns: string) => void;
};

function usualOf<Row>(kind: LogKind<Row>): string[] {
  return kind.columns.filter((column) => !column.isHidden).map(({ id }) => id);
}

/** Shows a column in the list of a kind, on screen or not; gives the way back, or null where it was shown already. */
export function showColumn<Row>(kind: LogKind<Row>, id: string): (() => void) | null {
  const before = readStored(orderKey(kind.id), parseNames, usualOf(kind));
  if (before.includes(id)) return null;
  writeStored(orderKey(kind.id), [...before, id]);
  return () => writeStored(orderKey(kind.id), before);
}

export function useLogColumns<Row>(kind: LogKind<Row>, { linked, onLink }: LogColumnsOptions) {
  const usual = useMemo(() => usualOf(kind), [kind]);
  const [stored, setStored] = useStored(orderKey(kind.id), parseNames, usual);
  const [widths, setWidths] = useStored(`${kind.id}.widths`, parseWidths, {});
  const [sets, setSets] = useStored<ColumnSets>(`${kind.id}.sets`, parseSets, {});
  const asked = linked?.split(",") ?? stored;
  const shown = useShown(kind, asked.join(","));

  const show = (ids: readonly string[]) => {
    if (linked !== undefined) onLink(ids.join(","));
    setStored([...ids]);
  };
  const { headers, template } = useHeaders(shown, widths);
  const ids = shown.map(({ id }) => id);
  /** Puts a column where another one stands now. */
  const move = (id: string, toId: string) => {
    if (id === toId || !ids.includes(toId)) return;
    const others = ids.filter((other) => other !== id);
    others.splice(others.indexOf(toId) + (ids.indexOf(id) < ids.indexOf(toId) ? 1 : 0), 0, id);
    show(others);
  };
  /** Past its neighbour. */
  const shift = (id: string, step: 1 | -1) => {
    const neighbour = ids[ids.indexOf(id) + step];
    if (neighbour) move(id, neighbour);
  };
  const resize = (id: string, width: number) =>
    setWidths({ ...widths, [id]: Math.round(Math.max(COLUMN_PX_MIN, Math.min(COLUMN_PX_MAX, width))) });
  return {
    shown,
    headers,
    template,
    /** What the rows must bring; paths in the order in which they are asked for. */
    parts: partsOf(ids),
    sets,
    isLinked: linked !== undefined,
    show,
    move,
    shift,
    resize,
    add: (id: string) => show([...ids.filter((other) => other !== id), id]),
    remove: (id: string) => show(ids.filter((other) => other !== id)),
    reset: () => {
      show(usual);
      setWidths({});
    },
    resetWidth: (id: string) => setWidths(Object.fromEntries(Object.entries(widths).filter(([key]) => key !== id))),
    saveSet: (name: string) => setSets({ ...sets, [name]: ids }),
    deleteSet: (name: string) => setSets(Object.fromEntries(Object.entries(sets).filter(([key]) => key !== name))),
    link: (isLinked: boolean) => onLink(isLinked ? ids.join(",") : ""),
  };
}

export type LogColumns<Row> = ReturnType<typeof useLogColumns<Row>>;

/** The columns of the ids that mean something; the name is always among them. */
function useShown<Row>(kind: LogKind<Row>, asked: string): LogColumn<Row>[] {
  return useMemo(() => {
    const ids = asked.split(",");
    const paths = ids.filter(isPath);
    const known = ids.flatMap((id) => {
      const fixed = kind.columns.find((column) => column.id === id);
      return fixed ?? (isExtra(kind, id) ? extraColumn(kind, id, paths) : []);
    });
    const first = kind.columns.filter((column) => column.id === FIRST && !ids.includes(FIRST));
    return [...first, ...known];
  }, [kind, asked]);
}

const NO_ROWS: LogItem<unknown>[] = [];

function useHeaders<Row>(shown: readonly LogColumn<Row>[], widths: Record<string, number>) {
  const columns = useMemo(
    () =>
      shown.map(
        (column): ColumnDef<typeof FEATURES, LogItem<unknown>> => ({
          id: column.id,
          header: column.label,
          size: column.width,
          minSize: COLUMN_PX_MIN,
          maxSize: COLUMN_PX_MAX,
        }),
      ),
    [shown],
  );
  const table = useTable({ features: FEATURES, columns, data: NO_ROWS, state: { columnSizing: widths } });
  const headers = (table.getHeaderGroups()[0]?.headers ?? []).flatMap((header) => {
    const column = shown.find(({ id }) => id === header.column.id);
    return column ? [{ column, header }] : [];
  });
  return { headers, template: headers.map(({ column }) => trackOf(column, widths[column.id])).join(" ") };
}

function trackOf<Row>(column: LogColumn<Row>, width: number | undefined): string {
  if (width !== undefined) return `${width}px`;
  return column.grows ? `minmax(${column.width}px, 1fr)` : `${column.width}px`;
}
