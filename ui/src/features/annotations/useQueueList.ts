import { useClient } from "urql";
import { type DocumentType, graphql } from "@/gql";
import { askAnew } from "@/lib/askAnew";
import { useChanges } from "@/lib/useChanges";
import { type LoadedPage, useLiveList } from "@/lib/useLiveList";

const AnnotationQueuesQuery = graphql(`
  query AnnotationQueues($projectId: ID!, $first: Int!, $after: String) {
    annotationQueues(projectId: $projectId, first: $first, after: $after) {
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
      pageInfo {
        endCursor
        hasNextPage
      }
      totalCount
    }
  }
`);

export type QueueItem = DocumentType<typeof AnnotationQueuesQuery>["annotationQueues"]["nodes"][number];

const PAGE_QUEUES = 50;

/** The queues of a project. */
export function useQueueList(projectId: string) {
  const client = useClient();
  const load = async (after: string | null): Promise<LoadedPage<QueueItem>> => {
    const variables = { projectId, first: PAGE_QUEUES, after };
    const data = await askAnew(client, AnnotationQueuesQuery, variables);
    const { nodes, pageInfo, totalCount } = data.annotationQueues;
    const { hasNextPage, endCursor = null } = pageInfo;
    return { items: nodes, hasNextPage, endCursor, totalCount, position: null };
  };
  const list = useLiveList({ key: projectId, load });
  // Scores of what lies in a queue bring it on, too.
  useChanges({ kinds: ["ANNOTATION_QUEUE", "TRACE", "THREAD"], quietMs: 3_000, onChanged: list.catchUp });
  return list;
}
