import { useMemo } from "react";
import type { ListColumn } from "@/components/ListTable";
import type { ComparedRow } from "@/features/experiments/useComparedItems";
import { wordsOf } from "@/features/experiments/wordsOf";
import { isObject, type JsonObject, parseJson, writeJson } from "@/lib/json";
import type { SortOrder } from "@/lib/sortOrder";
import { useColumnChoices } from "@/lib/useColumnChoices";
import styles from "./Comparison.module.css";

type Column = ListColumn<ComparedRow>;

/** Items in the order of no column. */
export const UNSORTED: SortOrder = { field: "", direction: "DESC" };

/** So many fields stand there unasked: the outputs beside them are what one came for. */
const FIELDS_UNASKED = 3;
const FIELDS_MAX = 100;
const WORDS_SHOWN = 1_200;
const ITEM_ID = "Item ID";

/** Where no column is chosen, the whole item is what names a row. */
const WHOLE: Column = { label: "Item", cell: ({ datasetItem }) => <Words text={wordsOf(datasetItem?.data ?? null)} /> };

/** The fields of the items as columns, those that are shown and those that could be. */
export function useItemColumns(rows: readonly ComparedRow[]) {
  const data = useMemo(() => new Map(rows.map((row) => [row.id, dataOf(row)])), [rows]);
  const fields = useMemo(() => fieldsOf([...data.values()]), [data]);
  const columns = fields.map((field, at): Column => {
    const cell = ({ id }: ComparedRow) => <Words text={textOf(data.get(id) ?? null, field)} />;
    return { label: field, sort: `data.${field}`, isMinor: at > 0, cell };
  });
  if (!fields.includes(ITEM_ID)) {
    columns.push({ label: ITEM_ID, sort: "id", isMinor: true, cell: ({ id }) => <code>{id}</code> });
  }
  const rare = [...fields.slice(FIELDS_UNASKED), ITEM_ID];
  const { labels, shown, shownLabels, toggle } = useColumnChoices({ key: "comparison.columns", columns, rare });
  const [first = WHOLE, ...others] = shown;
  // However narrow the page is, something must name the row.
  return { labels, shownLabels, toggle, shown: [{ ...first, isMinor: false }, ...others] };
}

function dataOf({ datasetItem }: ComparedRow): JsonObject | null {
  if (!datasetItem?.data) return null;
  const value = parseJson(datasetItem.data);
  return isObject(value) ? value : {};
}

/** The keys that items have, in the order in which they are met. */
export function fieldsOf(items: readonly (JsonObject | null)[]): string[] {
  return [...new Set(items.flatMap((item) => Object.keys(item ?? {})))].slice(0, FIELDS_MAX);
}

function textOf(data: JsonObject | null, field: string): string | null {
  if (!data) return null;
  const value = data[field];
  if (value === undefined || value === null) return "–";
  return typeof value === "string" ? value || "–" : writeJson(value, 0);
}

function Words({ text }: { text: string | null }) {
  return <p className={styles.words}>{text?.slice(0, WORDS_SHOWN) ?? "deleted item"}</p>;
}
