import { X } from "lucide-react";
import type { ReactNode } from "react";
import { useMutation } from "urql";
import { Badge } from "@/components/Badge";
import { Button } from "@/components/Button";
import { chosenColumn } from "@/components/chosenColumn";
import { EmptyState } from "@/components/EmptyState";
import { Found } from "@/components/Found";
import { type ListColumn, ListTable } from "@/components/ListTable";
import { Time } from "@/components/Time";
import { nameOf, previewOf, type QueuedItem, type useQueueItems } from "@/features/annotations/useQueueItems";
import { graphql } from "@/gql";
import type { AnnotationScope } from "@/gql/graphql";
import { failureOf } from "@/lib/failure";
import { formatAmount, formatScore } from "@/lib/format";
import type { orderOf } from "@/lib/sortOrder";
import { showToast } from "@/lib/toasts";
import { useChosen } from "@/lib/useChosen";

const RemoveAnnotationItemsMutation = graphql(`
  mutation RemoveAnnotationItems($id: ID!, $items: [ID!]!) {
    removeAnnotationItems(id: $id, items: $items) {
      id
      itemCount
      completedCount
    }
  }
`);

type Queue = { id: string; scope: AnnotationScope; feedbackDefinitionNames: readonly string[] };

export type ItemLink = (queue: { scope: AnnotationScope }, id: string, name: string) => ReactNode;

type QueueItemsProps = {
  queue: Queue;
  items: ReturnType<typeof useQueueItems>;
  order: ReturnType<typeof orderOf>;
  itemLink: ItemLink;
  refresh: () => void;
};

const ITEMS = { one: "item", many: "items" };

/** What lies in a queue, with how far each is; several are taken out at once. */
export function QueueItems({ queue, items, order, itemLink, refresh }: QueueItemsProps) {
  const [, remove] = useMutation(RemoveAnnotationItemsMutation);
  const rows = items.list?.items.map((item) => ({ ...item, name: nameOf(item) ?? item.id })) ?? [];
  const chosen = useChosen(rows);
  const onRemove = async () => {
    const { error } = await remove({ id: queue.id, items: chosen.rows.map(({ id }) => id) });
    if (error) return showToast(failureOf(error).message);
    showToast(`Took ${formatAmount(chosen.rows.length, ITEMS)} out of the queue.`);
    chosen.clear();
    refresh();
  };
  return (
    <>
      {chosen.rows.length > 0 && (
        <div>
          <Button onPress={onRemove}>
            <X aria-hidden /> Take {formatAmount(chosen.rows.length, ITEMS)} out
          </Button>
        </div>
      )}
      <Found what="items" value={items.failure ? null : items.list} failure={items.failure} onRetry={items.refresh}>
        {() =>
          rows.length === 0 ? (
            <EmptyState title="Nothing is in this queue yet">
              Choose {queue.scope === "TRACE" ? "traces" : "threads"} in the logs, and add them to it.
            </EmptyState>
          ) : (
            <ListTable
              label="Items"
              columns={[
                ...columnsOf(queue, itemLink),
                chosenColumn<Row>({ chosen: chosen.ids, toggle: chosen.toggle, all: chosen.all }),
              ]}
              rows={rows}
              keyOf={({ id }) => id}
              isBusy={items.isLoading}
              order={order}
              more={items.more}
            />
          )
        }
      </Found>
    </>
  );
}

type Row = QueuedItem & { name: string };

/** So many scores have a column of their own; what else was said stands together in one. */
const SCORE_COLUMNS_MAX = 4;

function columnsOf(queue: Queue, itemLink: ItemLink): ListColumn<Row>[] {
  const own = queue.feedbackDefinitionNames.slice(0, SCORE_COLUMNS_MAX);
  const others = ({ scores }: Row) =>
    scores
      .filter(({ name }) => !own.includes(name))
      .map(({ name, value }) => `${name} ${formatScore(value)}`)
      .join(", ");
  return [
    {
      label: queue.scope === "TRACE" ? "Trace" : "Thread",
      cell: (item) => itemLink(queue, item.id, previewOf(item) ?? item.name),
    },
    {
      label: "State",
      sort: "state",
      cell: ({ isComplete, reviewers }) => (
        <Badge tone={isComplete ? "accent" : "plain"}>
          {isComplete ? "judged" : reviewers.length > 0 ? "begun" : "waits"}
        </Badge>
      ),
    },
    ...own.map(
      (wanted): ListColumn<Row> => ({
        label: wanted,
        sort: `scores.${wanted}`,
        isNumeric: true,
        isMinor: true,
        cell: ({ scores }) => {
          const score = scores.find(({ name }) => name === wanted);
          return score ? formatScore(score.value) : "–";
        },
      }),
    ),
    { label: own.length > 0 ? "Other scores" : "Scores", isMinor: true, cell: (item) => others(item) || "–" },
    { label: "By", sort: "reviewer_count", isMinor: true, cell: ({ reviewers }) => reviewers.join(", ") || "–" },
    { label: "Added", sort: "added_at", isMinor: true, cell: (item) => <Time at={item.addedAt} style="relative" /> },
  ];
}
