import { useState } from "react";
import { useClient } from "urql";
import { type DocumentType, graphql } from "@/gql";
import type { ExperimentKind } from "@/gql/graphql";
import { askAnew } from "@/lib/askAnew";
import type { SortOrder } from "@/lib/sortOrder";
import { type LoadedPage, useLiveList } from "@/lib/useLiveList";
import { useReadAgain } from "@/lib/useReadAgain";

const ExperimentsPageQuery = graphql(`
  query ExperimentsPage(
    $projectId: ID!
    $datasetId: ID
    $promptId: ID
    $kinds: [ExperimentKind!]
    $filter: String
    $sort: Sort
    $first: Int!
    $after: String
    $hasMetadata: Boolean!
  ) {
    server {
      position
    }
    experiments(
      projectId: $projectId
      datasetId: $datasetId
      promptId: $promptId
      kinds: $kinds
      filter: $filter
      sort: $sort
      first: $first
      after: $after
    ) {
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
        kind
        tags
        metadata @include(if: $hasMetadata)
        promptVersions {
          id
          number
          commit
          prompt {
            id
            name
          }
        }
        scores {
          name
          value
        }
        comments(first: 3) {
          id
          text
          createdBy
        }
        itemCount
        figures {
          traceCount
          feedbackScores {
            name
            value
          }
          passRate
          passedCount
          judgedCount
          durationMs {
            p50
            p90
            p99
          }
          cost
          costMean
          usage {
            name
            value
          }
          commentCount
        }
        createdAt
        createdBy
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

type Wanted = {
  projectId: string;
  datasetId: string | null;
  promptId: string | null;
  filter: string;
  sort: SortOrder;
  /** Those of optimizations as well. */
  hasTrials: boolean;
  /** With how they were set up. */
  hasMetadata: boolean;
};

/** The experiments of a project; read again while they run, which `revision` counts. */
export function useExperimentList({ projectId, datasetId, promptId, filter, sort, hasTrials, hasMetadata }: Wanted) {
  const client = useClient();
  const load = async (after: string | null): Promise<LoadedPage<ExperimentItem>> => {
    const kinds: ExperimentKind[] | null = hasTrials ? null : ["REGULAR"];
    const wanted = { projectId, datasetId, promptId, kinds, filter: filter || null, sort, hasMetadata };
    const variables = { ...wanted, first: PAGE_EXPERIMENTS, after };
    const data = await askAnew(client, ExperimentsPageQuery, variables);
    const { nodes, pageInfo, totalCount } = data.experiments;
    const { hasNextPage, endCursor = null } = pageInfo;
    return { items: nodes, hasNextPage, endCursor, totalCount, position: data.server.position };
  };
  const list = useLiveList({
    key: JSON.stringify([projectId, datasetId, promptId, filter, sort, hasTrials, hasMetadata]),
    load,
  });
  const [revision, setRevision] = useState(0);
  useReadAgain({
    document: ExperimentTouchesSubscription,
    variables: { projectId },
    position: list.position,
    onReadAgain: () => {
      list.refresh();
      setRevision(revision + 1);
      return true;
    },
  });
  return { ...list, revision };
}
