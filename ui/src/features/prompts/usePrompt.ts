import { useQuery } from "urql";
import { type DocumentType, graphql } from "@/gql";
import { failureOf } from "@/lib/failure";

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
  const [{ data, error, fetching }, read] = useQuery({
    query: PromptQuery,
    variables: { id },
    requestPolicy: "cache-and-network",
  });
  return {
    prompt: data?.prompt ?? null,
    isMissing: !fetching && !error && data !== undefined && !data.prompt,
    failure: error && !data?.prompt ? failureOf(error) : null,
    refresh: () => read({ requestPolicy: "network-only" }),
  };
}
