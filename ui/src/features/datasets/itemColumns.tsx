import type { ReactNode } from "react";
import { TagList } from "@/components/TagList";
import { Time } from "@/components/Time";
import { assertionsOf } from "@/features/datasets/assertions";
import type { Row } from "@/features/datasets/draft";
import { NO_TERMS } from "@/features/datasets/testTerms";
import type { DatasetItemSource } from "@/gql/graphql";
import type { JsonObject } from "@/lib/json";
import { useColumnChoices } from "@/lib/useColumnChoices";
import styles from "./Datasets.module.css";

/** What is known of an item beside its data. */
export type ItemColumn = { label: string; cell: (row: Row) => ReactNode };

const SOURCES: Record<DatasetItemSource, string> = {
  MANUAL: "by hand",
  TRACE: "a trace",
  SPAN: "a span",
  SDK: "a program",
};

const timeOf = (at: string | null) => (at ? <Time at={at} style="relative" /> : "not saved yet");

const ITEM_COLUMNS: readonly ItemColumn[] = [
  { label: "Description", cell: ({ description }) => description },
  { label: "Tags", cell: ({ tags }) => <TagList label="Tags" tags={tags} /> },
  {
    label: "Assertions",
    cell: ({ evaluators }) => <span className={styles.cell}>{assertionsOf(evaluators)?.texts.join(" · ") || "–"}</span>,
  },
  {
    label: "Runs to pass",
    cell: ({ policy }) => (policy ? `${policy.passThreshold} of ${policy.runsPerItem}` : "–"),
  },
  { label: "Source", cell: ({ source }) => SOURCES[source] },
  { label: "Created", cell: ({ createdAt }) => timeOf(createdAt) },
  { label: "Last changed", cell: ({ lastUpdatedAt }) => timeOf(lastUpdatedAt) },
  { label: "ID", cell: ({ id, createdAt }) => createdAt && <code>{id}</code> },
];

/** So many keys of the data stand there unasked. */
const FIELDS_UNASKED = 8;

/** The keys of the data and what else is known of items, as columns of one table. */
export function useItemColumns(datasetId: string, rows: readonly Row[], values: readonly JsonObject[]) {
  const own = useColumnChoices({ key: "datasets.items.columns", columns: ITEM_COLUMNS, rare: rareItemColumns(rows) });
  const keys = [...new Set(values.flatMap((value) => Object.keys(value)))];
  const fields = keys.map((key) => ({ key, label: own.labels.includes(key) ? `data.${key}` : key }));
  const rare = fields.slice(FIELDS_UNASKED).map(({ label }) => label);
  const data = useColumnChoices({ key: `datasets.items.fields.${datasetId}`, columns: fields, rare });
  return {
    labels: [...data.labels, ...own.labels],
    shownLabels: [...data.shownLabels, ...own.shownLabels],
    toggle: (label: string) => (data.labels.includes(label) ? data : own).toggle(label),
    /** The first leads to the item, so one there must be. */
    fields: (data.shown.length > 0 ? data.shown : fields.slice(0, 1)).map(({ key }) => key),
    hiddenCount: keys.length - Math.max(1, data.shown.length),
    own: own.shown,
  };
}

/** Columns that one asks for; those of what some items say alone stand there by themselves where one says it. */
function rareItemColumns(rows: readonly Row[]): string[] {
  const rare = ["Source", "Created", "Last changed", "ID"];
  if (rows.every(({ description }) => description === "")) rare.push("Description");
  if (rows.every(({ tags }) => tags.length === 0)) rare.push("Tags");
  if (rows.every(({ evaluators }) => evaluators === NO_TERMS.evaluators)) rare.push("Assertions");
  if (rows.every(({ policy }) => policy === null)) rare.push("Runs to pass");
  return rare;
}
