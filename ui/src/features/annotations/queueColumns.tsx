import { Link } from "@tanstack/react-router";
import { type ListColumn, RowNote, rowLink } from "@/components/ListTable";
import { ORIGIN_COLUMNS, UPDATED_COLUMN } from "@/components/originColumns";
import { Progress } from "@/components/Progress";
import type { QueueItem } from "@/features/annotations/useQueueList";
import { formatCount, formatScore } from "@/lib/format";

type Column = ListColumn<QueueItem>;

/** Columns that one asks for. */
export const RARE_QUEUE_COLUMNS: readonly string[] = ["Instructions", "Wanted scores", "Created", "Created by", "ID"];

export const queueNameColumn = (workspace: string, projectId: string): Column => ({
  label: "Name",
  sort: "name",
  cell: (queue) => (
    <>
      <Link
        to="/$workspace/projects/$projectId/annotation-queues/$queueId"
        params={{ workspace, projectId, queueId: queue.id }}
        search={{}}
        className={rowLink}
      >
        {queue.name}
      </Link>
      <RowNote>{queue.description}</RowNote>
    </>
  ),
});

export const QUEUE_COLUMNS: readonly Column[] = [
  { label: "Of", sort: "scope", isMinor: true, cell: ({ scope }) => (scope === "TRACE" ? "traces" : "threads") },
  { label: "Items", sort: "item_count", isNumeric: true, isMinor: true, cell: (queue) => formatCount(queue.itemCount) },
  {
    label: "Progress",
    sort: "progress",
    cell: ({ completedCount, itemCount }) => <Progress label="Judged" done={completedCount} all={itemCount} />,
  },
  {
    label: "Reviewed by",
    sort: "reviewer_count",
    isMinor: true,
    cell: ({ reviewers }) => reviewers.map(({ name }) => name).join(", ") || "–",
  },
  {
    label: "Scores",
    isMinor: true,
    cell: ({ feedbackScores }) =>
      feedbackScores.map(({ name, value }) => `${name} ${formatScore(value)}`).join(", ") || "–",
  },
  { label: "Instructions", isMinor: true, cell: ({ instructions }) => <RowNote>{instructions}</RowNote> },
  {
    label: "Wanted scores",
    isMinor: true,
    cell: ({ feedbackDefinitionNames: names }) => names.join(", ") || "any",
  },
  { ...UPDATED_COLUMN, isMinor: true },
  ...ORIGIN_COLUMNS,
];
