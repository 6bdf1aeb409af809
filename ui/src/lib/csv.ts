// Comma-separated values as spreadsheets read them.

type Cell = string | number | null | undefined;

export function writeCsv(rows: readonly (readonly Cell[])[]): string {
  return `${rows.map((row) => row.map(cellText).join(",")).join("\r\n")}\r\n`;
}

function cellText(cell: Cell): string {
  if (typeof cell === "number") return String(cell);
  // A spreadsheet would run a text that begins like a formula; recorded texts are not to be trusted.
  const text = (cell ?? "").replace(/^[=+@\t\r-]/, "'$&");
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
