import type { ListColumn } from "@/components/ListTable";
import { Time } from "@/components/Time";

// Columns that every list of things that are made and changed has alike.

type Changed = { lastUpdatedAt: string };
type Made = { id: string; createdAt: string; createdBy: string };

export const UPDATED_COLUMN: ListColumn<Changed> = {
  label: "Last updated",
  sort: "last_updated_at",
  cell: ({ lastUpdatedAt }) => <Time at={lastUpdatedAt} style="relative" />,
};

export const ORIGIN_COLUMNS: readonly ListColumn<Made>[] = [
  {
    label: "Created",
    sort: "created_at",
    isMinor: true,
    cell: ({ createdAt }) => <Time at={createdAt} style="relative" />,
  },
  { label: "Created by", sort: "created_by", isMinor: true, cell: ({ createdBy }) => createdBy },
  { label: "ID", isMinor: true, cell: ({ id }) => <code>{id}</code> },
];
