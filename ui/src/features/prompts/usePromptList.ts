import { useClient } from "urql";
import { type DocumentType, graphql } from "@/gql";
import { askAnew } from "@/lib/askAnew";
import type { SortOrder } from "@/lib/sortOrder";
import { useChanges } from "@/lib/useChanges";
import { type LoadedPage, useLiveList } from "@/lib/useLiveList";

const PromptsPageQuery = graphql(`
  query PromptsPage($projectId: ID!, $first: Int!, $after: String, $name: String, $sort: Sort) {
    prompts(projectId: $projectId, first: $first, after: $after, name: $name, sort: $sort) {
      nodes {
        id
        name
        description
        structure
        tags
        versionCount
        lastUpdatedAt
        createdAt
        createdBy
        lastUpdatedBy
      }
      pageInfo {
        endCursor
        hasNextPage
      }
      totalCount
    }
  }
`);

export type PromptItem = DocumentType<typeof PromptsPageQuery>["prompts"]["nodes"][number];

const PAGE_PROMPTS = 50;

/** The prompts of a project; those in whose name the words stand. */
export function usePromptList(projectId: string, name: string, sort: SortOrder) {
  const client = useClient();
  const load = async (after: string | null): Promise<LoadedPage<PromptItem>> => {
    const variables = { projectId, first: PAGE_PROMPTS, after, name: name || null, sort };
    const data = await askAnew(client, PromptsPageQuery, variables);
    const { nodes, pageInfo, totalCount } = data.prompts;
    const { hasNextPage, endCursor = null } = pageInfo;
    return { items: nodes, hasNextPage, endCursor, totalCount, position: null };
  };
  const list = useLiveList({ key: JSON.stringify([projectId, name, sort]), load });
  useChanges({ kinds: ["PROMPT"], onChanged: list.catchUp });
  return list;
}
