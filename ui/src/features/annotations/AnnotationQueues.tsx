import { Link } from "@tanstack/react-router";
import { Plus } from "lucide-react";
import { useState } from "react";
import { Button } from "@/components/Button";
import { EmptyState } from "@/components/EmptyState";
import { Found } from "@/components/Found";
import { type ListColumn, ListTable, RowNote, rowLink } from "@/components/ListTable";
import { Page } from "@/components/Page";
import { Progress } from "@/components/Progress";
import { Time } from "@/components/Time";
import { QueueDialog } from "@/features/annotations/QueueDialog";
import { type QueueItem, useQueueList } from "@/features/annotations/useQueueList";
import { formatCount, formatScore } from "@/lib/format";

type AnnotationQueuesProps = { workspace: string; projectId: string; onQueueOpen: (id: string) => void };

/** What waits for people to judge it. */
export function AnnotationQueues({ workspace, projectId, onQueueOpen }: AnnotationQueuesProps) {
  const [isCreating, setCreating] = useState(false);
  const queues = useQueueList(projectId);
  const { list, failure } = queues;
  const create = (
    <Button kind="primary" onPress={() => setCreating(true)}>
      <Plus aria-hidden /> New queue
    </Button>
  );
  return (
    <Page title="Annotation queues" count={list?.totalCount} actions={list?.items.length ? create : null}>
      <Found what="annotation queues" value={failure ? null : list} failure={failure} onRetry={queues.refresh}>
        {({ items, hasNextPage }) =>
          items.length === 0 ? (
            <EmptyState title="No queues yet" actions={create}>
              A queue gathers traces or threads that people are to judge, says what they are asked, and counts how far
              they are.
            </EmptyState>
          ) : (
            <ListTable
              label="Annotation queues"
              columns={columnsOf(workspace, projectId)}
              rows={items}
              keyOf={({ id }) => id}
              more={
                hasNextPage
                  ? { failure: queues.moreFailure, isLoading: queues.isLoadingMore, onMore: queues.loadMore }
                  : null
              }
            />
          )
        }
      </Found>
      <QueueDialog
        projectId={projectId}
        queue={null}
        isOpen={isCreating}
        onClose={() => setCreating(false)}
        onSaved={onQueueOpen}
      />
    </Page>
  );
}

const columnsOf = (workspace: string, projectId: string): ListColumn<QueueItem>[] => [
  {
    label: "Name",
    cell: (queue) => (
      <>
        <Link
          to="/$workspace/projects/$projectId/annotation-queues/$queueId"
          params={{ workspace, projectId, queueId: queue.id }}
          className={rowLink}
        >
          {queue.name}
        </Link>
        <RowNote>{queue.description}</RowNote>
      </>
    ),
  },
  { label: "Of", isMinor: true, cell: ({ scope }) => (scope === "TRACE" ? "traces" : "threads") },
  {
    label: "Progress",
    cell: ({ completedCount, itemCount }) => <Progress label="Judged" done={completedCount} all={itemCount} />,
  },
  { label: "Reviewers", isMinor: true, isNumeric: true, cell: ({ reviewers }) => formatCount(reviewers.length) },
  {
    label: "Scores",
    isMinor: true,
    cell: ({ feedbackScores }) =>
      feedbackScores.map(({ name, value }) => `${name} ${formatScore(value)}`).join(", ") || "–",
  },
  { label: "Changed", cell: (queue) => <Time at={queue.lastUpdatedAt} style="relative" /> },
];
