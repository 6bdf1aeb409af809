import { useClient } from "urql";
import { type Grouping, inputOf } from "@/features/experiments/grouping";
import { type DocumentType, graphql } from "@/gql";
import type { ExperimentKind } from "@/gql/graphql";
import { askAnew } from "@/lib/askAnew";
import { type LoadedPage, useLiveList } from "@/lib/useLiveList";
import { useReadOn } from "@/lib/useReadOn";

export const ExperimentGroupFragment = graphql(`
  fragment ExperimentGroupRow on ExperimentGroup {
    value
    label
    experimentCount
    figures {
      traceCount
      feedbackScores {
        name
        value
      }
      experimentScores {
        name
        value
      }
      passRate
      passedCount
      judgedCount
      durationMs {
        p50
      }
      cost
      costMean
    }
  }
`);

const ExperimentGroupsQuery = graphql(`
  query ExperimentGroups(
    $by: [ExperimentGroupingInput!]!
    $projectId: ID!
    $datasetId: ID
    $promptId: ID
    $kinds: [ExperimentKind!]
    $filter: String
    $first: Int!
    $within: Int!
    $after: String
  ) {
    experimentGroups(
      by: $by
      projectId: $projectId
      datasetId: $datasetId
      promptId: $promptId
      kinds: $kinds
      filter: $filter
      first: $first
      after: $after
    ) {
      nodes {
        value
        ...ExperimentGroupRow
        groups(first: $within) {
          nodes {
            ...ExperimentGroupRow
          }
          totalCount
        }
      }
      pageInfo {
        endCursor
        hasNextPage
      }
      totalCount
    }
  }
`);

type Node = DocumentType<typeof ExperimentGroupsQuery>["experimentGroups"]["nodes"][number];
export type ExperimentGroup = DocumentType<typeof ExperimentGroupFragment>;
export type OuterGroup = Node & { id: string };

const PAGE_GROUPS = 50;
export const GROUPS_WITHIN_MAX = 20;

type Wanted = {
  by: readonly Grouping[];
  projectId: string;
  datasetId: string | null;
  promptId: string | null;
  filter: string;
  hasTrials: boolean;
  /** Grows when the experiments have changed. */
  revision: number;
};

/** The experiments of a project, put together by what they have in common. */
export function useExperimentGroups({ by, revision, hasTrials, filter, ...wanted }: Wanted) {
  const client = useClient();
  const kinds: ExperimentKind[] | null = hasTrials ? null : ["REGULAR"];
  const asked = { ...wanted, by: by.map(inputOf), kinds, filter: filter || null };
  const load = async (after: string | null): Promise<LoadedPage<OuterGroup>> => {
    const variables = { ...asked, first: PAGE_GROUPS, within: GROUPS_WITHIN_MAX, after };
    const data = await askAnew(client, ExperimentGroupsQuery, variables);
    const { nodes, pageInfo, totalCount } = data.experimentGroups;
    const { hasNextPage, endCursor = null } = pageInfo;
    const items = nodes.map((node) => ({ ...node, id: node.value }));
    return { items, hasNextPage, endCursor, totalCount, position: null };
  };
  const list = useLiveList({ key: JSON.stringify(asked), load });
  useReadOn(revision, false, list.catchUp);
  return list;
}
