import { LoadMore, type More } from "@/components/LoadMore";
import { formatCount } from "@/lib/format";
import { isObject, type JsonValue, parseJson, writeJson } from "@/lib/json";
import styles from "./Datasets.module.css";

type Row = { id: string; data: string; isChanged: boolean };

type ItemsTableProps = {
  rows: readonly Row[];
  totalCount: number;
  /** Null where nothing can be changed. */
  chosen: ReadonlySet<string> | null;
  onChoose: (chosen: ReadonlySet<string>) => void;
  onOpen: (id: string) => void;
  more: More | null;
};

const COLUMNS_MAX = 8;

/** Items by the keys of their data. */
export function ItemsTable({ rows, totalCount, chosen, onChoose, onOpen, more }: ItemsTableProps) {
  const values = rows.map(({ data }) => valuesOf(data));
  const columns = [...new Set(values.flatMap((value) => Object.keys(value)))];
  const toggle = (id: string) => {
    const next = new Set(chosen);
    if (!next.delete(id)) next.add(id);
    onChoose(next);
  };
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: without a tab stop only a mouse could scroll it
    <section className={styles.scroll} aria-label="Items, scrollable" tabIndex={0}>
      <table className={styles.items} aria-label="Items">
        <thead>
          <tr>
            {chosen && <th scope="col" aria-label="Chosen" />}
            {columns.slice(0, COLUMNS_MAX).map((column) => (
              <th key={column} scope="col">
                {column}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map(({ id, isChanged }, at) => (
            <tr key={id} data-changed={isChanged || undefined}>
              {chosen && (
                <td>
                  <input
                    type="checkbox"
                    aria-label={`Choose item ${at + 1}`}
                    checked={chosen.has(id)}
                    onChange={() => toggle(id)}
                  />
                </td>
              )}
              {columns.slice(0, COLUMNS_MAX).map((column, place) => {
                const text = textOf(values[at]?.[column]);
                return (
                  <td key={column}>
                    {place === 0 ? (
                      <button
                        type="button"
                        className={styles.open}
                        aria-label={`Open item ${at + 1}: ${text}`}
                        onClick={() => onOpen(id)}
                      >
                        <span className={styles.cell}>{text || "empty"}</span>
                      </button>
                    ) : (
                      <span className={styles.cell}>{text}</span>
                    )}
                  </td>
                );
              })}
            </tr>
          ))}
        </tbody>
      </table>
      <div className={styles.foot}>
        {columns.length > COLUMNS_MAX && <span>{columns.length - COLUMNS_MAX} more columns are within the items.</span>}
        {more && (
          <>
            <span>
              {formatCount(rows.length)} of {formatCount(totalCount)}
            </span>
            <LoadMore {...more} />
          </>
        )}
      </div>
    </section>
  );
}

const CELL_CHARS = 300;

function valuesOf(data: string): Record<string, JsonValue> {
  const value = parseJson(data);
  return isObject(value) ? value : {};
}

function textOf(value: JsonValue | undefined): string {
  if (value === undefined || value === null) return "";
  const text = typeof value === "string" ? value : writeJson(value, 0);
  return text.slice(0, CELL_CHARS).replace(/\s+/g, " ");
}
