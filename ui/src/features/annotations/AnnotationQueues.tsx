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
import { type DocumentType, graphql } from "@/gql";
import { formatCount, formatScore } from "@/lib/format";
import { useWatched } from "@/lib/useWatched";

const AnnotationQueuesQuery = graphql(`
  query AnnotationQueues($projectId: ID!) {
    annotationQueues(projectId: $projectId, first: 100) {
      nodes {
        id
        name
        description
        scope
        itemCount
        completedCount
        reviewers {
          name
        }
        feedbackScores {
          name
          value
        }
        lastUpdatedAt
      }
      totalCount
    }
  }
`);

type QueueItem = DocumentType<typeof AnnotationQueuesQuery>["annotationQueues"]["nodes"][number];

type AnnotationQueuesProps = { workspace: string; projectId: string; onQueueOpen: (id: string) => void };

/** What waits for people to judge it. */
export function AnnotationQueues({ workspace, projectId, onQueueOpen }: AnnotationQueuesProps) {
  const [isCreating, setCreating] = useState(false);
  const { data, failure, refresh } = useWatched({ query: AnnotationQueuesQuery, variables: { projectId } });
  const create = (
    <Button kind="primary" onPress={() => setCreating(true)}>
      <Plus aria-hidden /> New queue
    </Button>
  );
  const list = data?.annotationQueues;
  return (
    <Page title="Annotation queues" count={list?.totalCount} actions={list?.nodes.length ? create : null}>
      <Found what="annotation queues" value={list} failure={failure} onRetry={refresh}>
        {({ nodes }) =>
          nodes.length === 0 ? (
            <EmptyState title="No queues yet" actions={create}>
              A queue gathers traces or threads that people are to judge, says what they are asked, and counts how far
              they are.
            </EmptyState>
          ) : (
            <ListTable
              label="Annotation queues"
              columns={columnsOf(workspace, projectId)}
              rows={nodes}
              keyOf={({ id }) => id}
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
