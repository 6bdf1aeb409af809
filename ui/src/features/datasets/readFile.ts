import Papa from "papaparse";
import { isObject, type JsonValue, parseJson, writeJson } from "@/lib/json";

// What a file of items holds: its columns, and the rows under them. JSON stays exactly what it was.

export type Table = { columns: readonly string[]; rows: readonly ReadonlyMap<string, Cell>[] };
/** A text, JSON text, or the cell of a CSV, which may mean either. */
export type Cell = { text: string; kind: "text" | "json" | "cell" };

export function readTable(name: string, text: string): Table {
  if (/\.jsonl$|\.ndjson$/i.test(name)) return tableOf(readLines(text));
  if (/\.json$/i.test(name)) return tableOf(readList(text));
  return readCsv(text);
}

function readCsv(text: string): Table {
  const { data, meta, errors } = Papa.parse<Record<string, string>>(text, { header: true, skipEmptyLines: "greedy" });
  const worst = errors.find(({ type }) => type === "Quotes");
  if (worst) throw new Error(`line ${(worst.row ?? 0) + 2}: ${worst.message}`);
  const columns = meta.fields ?? [];
  const rows = data.map(
    (row) => new Map(columns.map((column) => [column, { text: row[column] ?? "", kind: "cell" as const }])),
  );
  return { columns, rows };
}

function readList(text: string): JsonValue[] {
  const value = parseJson(text);
  if (!Array.isArray(value)) throw new Error("the file must hold a list of objects");
  return value;
}

function readLines(text: string): JsonValue[] {
  return text.split(/\r?\n/).flatMap((line, at) => {
    if (line.trim() === "") return [];
    try {
      return [parseJson(line)];
    } catch {
      throw new Error(`line ${at + 1} is not JSON`);
    }
  });
}

function tableOf(values: readonly JsonValue[]): Table {
  const columns = new Set<string>();
  const rows = values.map((value, at) => {
    if (!isObject(value)) throw new Error(`item ${at + 1} is not an object`);
    const row = new Map<string, Cell>();
    for (const [key, cell] of Object.entries(value)) {
      columns.add(key);
      row.set(
        key,
        typeof cell === "string" ? { text: cell, kind: "text" } : { text: writeJson(cell, 0), kind: "json" },
      );
    }
    return row;
  });
  return { columns: [...columns], rows };
}

/** What becomes of a column: its name among the data, or null where it is left out. */
export type Mapping = ReadonlyMap<string, string | null>;

type ItemOptions = { mapping: Mapping; readsValues: boolean };

/** The data of a row as JSON text; with `readsValues` numbers, truths and JSON in cells of a CSV become such. */
export function itemOf(row: ReadonlyMap<string, Cell>, { mapping, readsValues }: ItemOptions): string {
  const parts: string[] = [];
  for (const [column, cell] of row) {
    const key = mapping.get(column);
    if (key) parts.push(`${JSON.stringify(key)}:${jsonOf(cell, readsValues)}`);
  }
  return `{${parts.join(",")}}`;
}

function jsonOf({ text, kind }: Cell, readsValues: boolean): string {
  if (kind === "json") return text;
  if (kind === "text" || !readsValues || !/^\s*(-?\d|[[{]|true\s*$|false\s*$|null\s*$)/.test(text))
    return JSON.stringify(text);
  try {
    return writeJson(parseJson(text), 0);
  } catch {
    return JSON.stringify(text);
  }
}
