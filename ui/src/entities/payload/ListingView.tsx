import { useState } from "react";
import { Badge } from "@/components/Badge";
import { Button } from "@/components/Button";
import { JsonTree } from "@/components/JsonTree";
import { Markdown } from "@/components/Markdown";
import { Scrollable } from "@/components/Scrollable";
import type { Listing, RetrievedDocument } from "@/entities/payload/recogniseLists";
import { formatCount, formatScore } from "@/lib/format";
import { ExactNumber, type JsonValue } from "@/lib/json";
import styles from "./Listing.module.css";

const ITEMS_SHOWN = { documents: 10, table: 50 } as const;
const TEXT_CHARS_SHOWN = 700;

/** A list in a form of its own; of a long one the beginning. */
export function ListingView({ listing, label }: { listing: Listing; label: string }) {
  const step = ITEMS_SHOWN[listing.kind];
  const [shown, setShown] = useState<number>(step);
  const count = listing.kind === "table" ? listing.rows.length : listing.documents.length;
  return (
    <>
      {listing.kind === "table" ? (
        <Rows listing={listing} shown={shown} label={label} />
      ) : (
        <ol className={styles.documents} aria-label={label}>
          {listing.documents.slice(0, shown).map((document, index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: recorded documents never move
            <DocumentCard key={index} document={document} rank={index + 1} />
          ))}
        </ol>
      )}
      {count > shown && (
        <Button kind="quiet" onPress={() => setShown(shown + 5 * step)}>
          Show {formatCount(count - shown)} more
        </Button>
      )}
    </>
  );
}

type RowsProps = { listing: Extract<Listing, { kind: "table" }>; shown: number; label: string };

function Rows({ listing: { columns, rows }, shown, label }: RowsProps) {
  const numeric = new Set(columns.filter((column) => rows.every((row) => isNumeric(row[column]))));
  return (
    <Scrollable label={`${label}, scrollable`} className={styles.scroll}>
      <table className={styles.table} aria-label={label}>
        <thead>
          <tr>
            {columns.map((column) => (
              <th key={column} scope="col" data-numeric={numeric.has(column) || undefined}>
                {column}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.slice(0, shown).map((row, index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: recorded rows never move
            <tr key={index}>
              {columns.map((column) => (
                <td key={column} data-numeric={numeric.has(column) || undefined}>
                  {cellText(row[column])}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </Scrollable>
  );
}

function DocumentCard({ document, rank }: { document: RetrievedDocument; rank: number }) {
  const [isWhole, setWhole] = useState(false);
  const { title, text, score, rest } = document;
  const isLong = text.length > TEXT_CHARS_SHOWN;
  return (
    <li className={styles.document}>
      <header>
        <span className={styles.rank}>{rank}</span>
        <strong>{title ?? "untitled"}</strong>
        {score !== null && <Badge>score {formatScore(score)}</Badge>}
      </header>
      <Markdown text={isLong && !isWhole ? `${text.slice(0, TEXT_CHARS_SHOWN)}…` : text} />
      {isLong && (
        <Button kind="quiet" onPress={() => setWhole(!isWhole)}>
          {isWhole ? "Show less" : `Show all ${formatCount(text.length)} characters`}
        </Button>
      )}
      {Object.keys(rest).length > 0 && (
        <details>
          <summary>More about it</summary>
          <JsonTree value={rest} label={`More about document ${rank}`} />
        </details>
      )}
    </li>
  );
}

function isNumeric(value: JsonValue | undefined): boolean {
  return value === undefined || value === null || typeof value === "number" || value instanceof ExactNumber;
}

function cellText(value: JsonValue | undefined): string {
  if (value === undefined || value === null) return "";
  return value instanceof ExactNumber ? value.text : String(value);
}
