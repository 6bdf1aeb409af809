import { writeCsv } from "@/lib/csv";
import { isObject, type JsonValue, lineJson, parseJson } from "@/lib/json";

// Items as a file that can be imported again. Pure.

export type FileFormat = "csv" | "jsonl";

/** The data of items, each as JSON text. A CSV has a column for every key; what is no text stands in it as JSON. */
export function itemsFile(format: FileFormat, data: readonly string[]): string {
  const values = data.map((text) => parseJson(text));
  if (format === "jsonl") return values.map((value) => `${lineJson(value)}\n`).join("");
  const columns = [...new Set(values.flatMap((value) => (isObject(value) ? Object.keys(value) : [])))];
  const rows = values.map((value) => columns.map((column) => cellOf(isObject(value) ? value[column] : undefined)));
  return writeCsv([columns, ...rows]);
}

function cellOf(value: JsonValue | undefined): string {
  if (value === undefined) return "";
  return typeof value === "string" ? value : lineJson(value);
}
