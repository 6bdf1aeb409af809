import type { CSSProperties } from "react";
import { LoadMore, type More } from "@/components/LoadMore";
import type { Row } from "@/features/datasets/draft";
import type { ItemColumn } from "@/features/datasets/itemColumns";
import { formatAmount, formatCount } from "@/lib/format";
import { type JsonObject, type JsonValue, writeJson } from "@/lib/json";
import styles from "./Datasets.module.css";

type ItemsTableProps = {
  rows: readonly Row[];
  totalCount: number;
  /** The data of each row. */
  values: readonly JsonObject[];
  columns: {
    /** The keys of the data that are shown. */
    fields: readonly string[];
    hiddenCount: number;
    /** Beside the keys of the data. */
    own: readonly ItemColumn[];
  };
  /** How many of a text are shown. */
  lines: number;
  chosen: ReadonlySet<string>;
  onChoose: (chosen: ReadonlySet<string>) => void;
  onOpen: (id: string) => void;
  more: More | null;
};

/** Items by the keys of their data. */
export function ItemsTable({ rows, values, totalCount, columns, chosen, onChoose, onOpen, ...props }: ItemsTableProps) {
  const { lines, more } = props;
  const { fields, hiddenCount, own } = columns;
  const chosenCount = rows.filter(({ id }) => chosen.has(id)).length;
  const isAll = chosenCount === rows.length;
  const toggle = (id: string) => {
    const next = new Set(chosen);
    if (!next.delete(id)) next.add(id);
    onChoose(next);
  };
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: without a tab stop only a mouse could scroll it
    <section className={styles.scroll} aria-label="Items, scrollable" tabIndex={0}>
      <table className={styles.items} aria-label="Items" style={{ "--lines": lines } as CSSProperties}>
        <thead>
          <tr>
            <th scope="col" aria-label="Chosen">
              <input
                type="checkbox"
                aria-label="Choose all that are shown"
                checked={isAll}
                ref={(box) => {
                  if (box) box.indeterminate = chosenCount > 0 && !isAll;
                }}
                onChange={() => onChoose(new Set(isAll ? [] : rows.map(({ id }) => id)))}
              />
            </th>
            {fields.map((column) => (
              <th key={column} scope="col" title={column}>
                {column}
              </th>
            ))}
            {own.map(({ label }) => (
              <th key={label} scope="col">
                {label}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map(({ id, ...row }, at) => (
            <tr key={id} data-changed={row.isChanged || undefined}>
              <td>
                <input
                  type="checkbox"
                  aria-label={`Choose item ${at + 1}`}
                  checked={chosen.has(id)}
                  onChange={() => toggle(id)}
                />
              </td>
              {fields.map((column, place) => {
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
              {own.map(({ label, cell }) => (
                <td key={label}>{cell({ id, ...row })}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
      <div className={styles.foot}>
        {hiddenCount > 0 && <span>{formatAmount(hiddenCount, HIDDEN)} within the items.</span>}
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

const HIDDEN = { one: "more column is", many: "more columns are" };
/** More than the highest rows show. */
const CELL_CHARS = 1_200;

function textOf(value: JsonValue | undefined): string {
  if (value === undefined || value === null) return "";
  const text = typeof value === "string" ? value : writeJson(value, 0);
  return text.slice(0, CELL_CHARS).replace(/\s+/g, " ");
}
