import type { ReactNode } from "react";
import { TagList } from "@/components/TagList";
import { Time } from "@/components/Time";
import type { Row } from "@/features/datasets/draft";

/** What is known of an item beside its data. */
export type ItemColumn = { label: string; cell: (row: Row) => ReactNode };

const timeOf = (at: string | null) => (at ? <Time at={at} style="relative" /> : "not saved yet");

export const ITEM_COLUMNS: readonly ItemColumn[] = [
  { label: "Description", cell: ({ description }) => description },
  { label: "Tags", cell: ({ tags }) => <TagList label="Tags" tags={tags} /> },
  { label: "Created", cell: ({ createdAt }) => timeOf(createdAt) },
  { label: "Last changed", cell: ({ lastUpdatedAt }) => timeOf(lastUpdatedAt) },
  { label: "ID", cell: ({ id, createdAt }) => createdAt && <code>{id}</code> },
];

/** Columns that one asks for; descriptions and tags stand there by themselves where an item has some. */
export function rareItemColumns(rows: readonly Row[]): string[] {
  const rare = ["Created", "Last changed", "ID"];
  if (rows.every(({ description }) => description === "")) rare.push("Description");
  if (rows.every(({ tags }) => tags.length === 0)) rare.push("Tags");
  return rare;
}
