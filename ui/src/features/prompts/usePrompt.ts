import { type DocumentType, graphql } from "@/gql";
import { useWatched } from "@/lib/useWatched";

const PromptQuery = graphql(`
  query PromptPage($id: ID!) {
    prompt(id: $id) {
      id
      name
      projectId
      description
      structure
      tags
      versionCount
      createdAt
      createdBy
      versions(first: 200) {
        nodes {
          id
          commit
          number
          template
          structure
          syntax
          variables
          metadata
          changeDescription
          tags
          environments
          createdAt
          createdBy
        }
        pageInfo {
          hasNextPage
        }
      }
    }
  }
`);

export type Prompt = NonNullable<DocumentType<typeof PromptQuery>["prompt"]>;
export type Version = Prompt["versions"]["nodes"][number];

/** A prompt with its versions, the newest first. */
export function usePrompt(id: string) {
  const { data, failure, isLoading, refresh } = useWatched({ query: PromptQuery, variables: { id } });
  return {
    prompt: data?.prompt ?? null,
    isMissing: !isLoading && data !== undefined && !data.prompt,
    failure,
    refresh,
  };
}
