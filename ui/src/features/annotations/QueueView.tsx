import { CombinedError } from "@urql/core";
import { Download, Pencil, Route, Trash2 } from "lucide-react";
import { type ReactNode, useState } from "react";
import { useClient, useMutation, useQuery } from "urql";
import { Button } from "@/components/Button";
import { ConfirmDialog } from "@/components/ConfirmDialog";
import { ErrorState } from "@/components/ErrorState";
import { Found } from "@/components/Found";
import { Markdown } from "@/components/Markdown";
import { Page } from "@/components/Page";
import { Progress } from "@/components/Progress";
import { type Fact, Facts } from "@/entities/details/Facts";
import { useDeletionToast } from "@/entities/history/useDeletionToast";
import { DeleteAnnotationQueuesMutation } from "@/features/annotations/deleteQueues";
import { QueueDialog } from "@/features/annotations/QueueDialog";
import { type ItemLink, QueueItems } from "@/features/annotations/QueueItems";
import { useQueueChanges } from "@/features/annotations/useQueueChanges";
import { nameOf, previewOf, type QueuedItem, readAllItems, useQueueItems } from "@/features/annotations/useQueueItems";
import { type DocumentType, graphql } from "@/gql";
import { writeCsv } from "@/lib/csv";
import { download } from "@/lib/download";
import { failureOf } from "@/lib/failure";
import { formatCount, formatScore } from "@/lib/format";
import { useNamedPage } from "@/lib/shownName";
import { orderOf, type SortOrder } from "@/lib/sortOrder";
import { showToast } from "@/lib/toasts";

const AnnotationQueueQuery = graphql(`
  query AnnotationQueuePage($id: ID!) {
    server {
      position
    }
    annotationQueue(id: $id) {
      id
      projectId
      name
      description
      instructions
      scope
      commentsEnabled
      feedbackDefinitionNames
      annotatorsPerItem
      lockTimeoutSeconds
      itemCount
      completedCount
      reviewers {
        name
        items
      }
    }
  }
`);

type Queue = NonNullable<DocumentType<typeof AnnotationQueueQuery>["annotationQueue"]>;

export type QueueSearch = { sort?: string | undefined };

/** As the server tells items without being asked for an order. */
const OLDEST: SortOrder = { field: "added_at", direction: "ASC" };

type QueueViewProps = {
  queueId: string;
  search: QueueSearch;
  /** The way to the review. */
  review: ReactNode;
  itemLink: ItemLink;
  /** Leads to what is in the queue as a list of the logs. */
  onLogs: (scope: Queue["scope"]) => void;
  onSearch: (search: QueueSearch) => void;
  onDeleted: () => void;
};

export function QueueView({ queueId, search, review, itemLink, onLogs, onSearch, onDeleted }: QueueViewProps) {
  const [{ data, error, fetching }, read] = useQuery({
    query: AnnotationQueueQuery,
    variables: { id: queueId },
    requestPolicy: "cache-and-network",
  });
  const order = orderOf(search.sort, OLDEST, (sort) => onSearch({ sort }));
  const items = useQueueItems(queueId, search.sort ? order.sort : null);
  const refresh = () => {
    read({ requestPolicy: "network-only" });
    items.catchUp();
  };
  useQueueChanges({ id: queueId, position: data?.server.position, onChanges: refresh });
  const queue = data?.annotationQueue;
  useNamedPage(queue?.name);
  if (data && !queue && !fetching) {
    return <ErrorState title="There is no such queue" message="It may have been deleted." />;
  }
  return (
    <Page
      title={queue?.name ?? "Annotation queue"}
      about={queue && <Progress label="Judged" done={queue.completedCount} all={queue.itemCount} />}
      actions={queue && <QueueActions {...{ queue, review, refresh, onLogs, onDeleted }} />}
    >
      <Found what="queue" value={queue} failure={error ? failureOf(error) : null} onRetry={refresh}>
        {(found) => (
          <>
            {found.instructions && <Markdown text={found.instructions} />}
            <Facts label="Configuration" facts={factsOf(found)} />
            <QueueItems queue={found} {...{ items, order, itemLink }} refresh={refresh} />
          </>
        )}
      </Found>
    </Page>
  );
}

function factsOf(queue: Queue): Fact[] {
  const { feedbackDefinitionNames: names, annotatorsPerItem: people, reviewers, lockTimeoutSeconds } = queue;
  return [
    { label: "About", value: queue.description },
    { label: "Scores that are wanted", value: names.join(", ") || "any" },
    { label: "People for each item", value: formatCount(people) },
    { label: "Kept for a reviewer", value: `${formatScore(lockTimeoutSeconds / 60)} min` },
    { label: "Reviewers", value: reviewers.map(({ name, items }) => `${name} ${formatCount(items)}`).join(", ") },
  ];
}

type QueueActionsProps = Pick<QueueViewProps, "review" | "onLogs" | "onDeleted"> & {
  queue: Queue;
  refresh: () => void;
};

function QueueActions({ queue, review, refresh, onLogs, onDeleted }: QueueActionsProps) {
  const [asked, setAsked] = useState<"edit" | "delete" | null>(null);
  const [, deleteQueues] = useMutation(DeleteAnnotationQueuesMutation);
  const showDeleted = useDeletionToast();
  const client = useClient();
  const onExport = async (form: "csv" | "json") => {
    try {
      exportItems(queue.name, await readAllItems(client, queue.id), form);
    } catch (cause) {
      const why = cause instanceof CombinedError ? failureOf(cause).message : String(cause);
      showToast(`The queue could not be exported: ${why}`);
    }
  };
  const onDelete = async () => {
    const { error } = await deleteQueues({ ids: [queue.id] });
    if (error) return failureOf(error).message;
    showDeleted({ text: `Deleted the queue ${queue.name}.`, id: queue.id, kind: "annotation_queue_deleted" });
    onDeleted();
    return null;
  };
  return (
    <>
      <Button onPress={() => onLogs(queue.scope)}>
        <Route aria-hidden /> View in logs
      </Button>
      <Button onPress={() => onExport("csv")}>
        <Download aria-hidden /> CSV
      </Button>
      <Button onPress={() => onExport("json")}>
        <Download aria-hidden /> JSON
      </Button>
      <Button onPress={() => setAsked("edit")}>
        <Pencil aria-hidden /> Edit
      </Button>
      <Button onPress={() => setAsked("delete")}>
        <Trash2 aria-hidden /> Delete
      </Button>
      {review}
      <QueueDialog
        projectId={queue.projectId}
        queue={queue}
        isOpen={asked === "edit"}
        onClose={() => setAsked(null)}
        onSaved={() => {
          setAsked(null);
          refresh();
        }}
      />
      <ConfirmDialog
        title={`Delete ${queue.name}?`}
        act="Delete"
        isOpen={asked === "delete"}
        onOpenChange={() => setAsked(null)}
        onConfirm={onDelete}
      >
        What was judged keeps its scores. The queue can be restored from the trash.
      </ConfirmDialog>
    </>
  );
}

function exportItems(name: string, items: readonly QueuedItem[], form: "csv" | "json"): void {
  if (form === "json") {
    const told = items.map((item) => ({
      id: item.id,
      name: nameOf(item),
      input: previewOf(item),
      reviewers: item.reviewers,
      scores: Object.fromEntries(item.scores.map((score) => [score.name, score.value])),
    }));
    download(`${name}.json`, "application/json", JSON.stringify(told, null, 2));
    return;
  }
  const scores = [...new Set(items.flatMap((item) => item.scores.map((score) => score.name)))];
  const lines = items.map((item) => [
    item.id,
    nameOf(item),
    previewOf(item),
    item.reviewers.join(", "),
    ...scores.map((score) => item.scores.find((each) => each.name === score)?.value),
  ]);
  download(`${name}.csv`, "text/csv", writeCsv([["id", "name", "input", "reviewers", ...scores], ...lines]));
}
