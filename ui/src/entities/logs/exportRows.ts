import type { LogColumn } from "@/entities/logs/logKind";
import { writeCsv } from "@/lib/csv";
import { download } from "@/lib/download";

/** The shown columns of rows, as a file. */
export function exportRows<Row>(
  format: "csv" | "json",
  name: string,
  columns: readonly LogColumn<Row>[],
  rows: readonly Row[],
): void {
  if (format === "csv") {
    const lines = rows.map((row) => columns.map((column) => column.text(row)));
    download(`${name}.csv`, "text/csv", writeCsv([columns.map(({ label }) => label), ...lines]));
    return;
  }
  const things = rows.map((row) => Object.fromEntries(columns.map(({ id, text }) => [id, text(row) ?? null])));
  download(`${name}.json`, "application/json", `${JSON.stringify(things, null, 2)}\n`);
}
