import { useState } from "react";
import { useClient } from "urql";
import { type DocumentType, graphql } from "@/gql";
import { useLive } from "@/lib/useLive";
import { type LoadedPage, useLiveList } from "@/lib/useLiveList";
import { useThrottledChange } from "@/lib/useThrottledChange";

const ExperimentsPageQuery = graphql(`
  query ExperimentsPage($projectId: ID!, $datasetId: ID, $filter: String, $first: Int!, $after: String) {
    server {
      position
    }
    experiments(projectId: $projectId, datasetId: $datasetId, filter: $filter, first: $first, after: $after) {
      nodes {
        id
        name
        status
        datasetId
        dataset {
          id
          name
        }
        datasetVersion {
          id
          name
        }
        tags
        itemCount
        figures {
          feedbackScores {
            name
            value
          }
          durationMs {
            p50
          }
          cost
        }
        createdAt
      }
      pageInfo {
        endCursor
        hasNextPage
      }
      totalCount
    }
  }
`);

const ExperimentTouchesSubscription = graphql(`
  subscription ExperimentTouches($projectId: ID!, $after: Position) {
    experimentChanges(projectId: $projectId, after: $after) {
      position
      kind
      experimentId
    }
  }
`);

export type ExperimentItem = DocumentType<typeof ExperimentsPageQuery>["experiments"]["nodes"][number];

const PAGE_EXPERIMENTS = 50;
const READ_AGAIN_MS = 1_500;

type Wanted = { projectId: string; datasetId: string | null; filter: string };

/** The experiments of a project, the newest first; read again while they run. */
export function useExperimentList({ projectId, datasetId, filter }: Wanted) {
  const client = useClient();
  const load = async (after: string | null): Promise<LoadedPage<ExperimentItem>> => {
    const variables = { projectId, datasetId, filter: filter || null, first: PAGE_EXPERIMENTS, after };
    const { data, error } = await client
      .query(ExperimentsPageQuery, variables, { requestPolicy: "network-only" })
      .toPromise();
    if (error || !data) throw error ?? new Error("the server sent no answer");
    const { nodes, pageInfo, totalCount } = data.experiments;
    const { hasNextPage, endCursor = null } = pageInfo;
    return { items: nodes, hasNextPage, endCursor, totalCount, position: data.server.position };
  };
  const list = useLiveList({ key: `${projectId} ${datasetId} ${filter}`, load });
  const [from, setFrom] = useState<string | null>(null);
  if (from === null && list.position !== null) setFrom(list.position);
  const [revision, setRevision] = useState(0);
  useLive({
    document: ExperimentTouchesSubscription,
    variables: { projectId, after: from },
    pause: from === null,
    onChanges: () => setRevision(revision + 1),
  });
  useThrottledChange({
    revision,
    intervalMs: READ_AGAIN_MS,
    onChange: () => {
      list.refresh();
      return true;
    },
  });
  return list;
}
