import { useClient } from "urql";
import { type DocumentType, graphql } from "@/gql";
import { askAnew } from "@/lib/askAnew";
import type { SortOrder } from "@/lib/sortOrder";
import { useChanges } from "@/lib/useChanges";
import { type LoadedPage, useLiveList } from "@/lib/useLiveList";

const AnnotationQueuesQuery = graphql(`
  query AnnotationQueues($projectId: ID!, $first: Int!, $after: String, $name: String, $sort: Sort) {
    annotationQueues(projectId: $projectId, first: $first, after: $after, name: $name, sort: $sort) {
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
        instructions
        feedbackDefinitionNames
        createdAt
        createdBy
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

/** The queues of a project; those in whose name the words stand. */
export function useQueueList(projectId: string, name: string, sort: SortOrder) {
  const client = useClient();
  const load = async (after: string | null): Promise<LoadedPage<QueueItem>> => {
    const variables = { projectId, first: PAGE_QUEUES, after, name: name || null, sort };
    const data = await askAnew(client, AnnotationQueuesQuery, variables);
    const { nodes, pageInfo, totalCount } = data.annotationQueues;
    const { hasNextPage, endCursor = null } = pageInfo;
    return { items: nodes, hasNextPage, endCursor, totalCount, position: null };
  };
  const list = useLiveList({ key: JSON.stringify([projectId, name, sort]), load });
  // Scores of what lies in a queue bring it on, too.
  useChanges({ kinds: ["ANNOTATION_QUEUE", "TRACE", "THREAD"], quietMs: 3_000, onChanged: list.catchUp });
  return list;
}
