import { useClient } from "urql";
import { type UnmatchedOptions, useUnmatched } from "@/entities/logs/useUnmatched";
import { graphql } from "@/gql";

const ThreadTouchesSubscription = graphql(`
  subscription ThreadTouches($projectId: ID!, $after: Position) {
    threadChanges(projectId: $projectId, after: $after) {
      position
      kind
      id
    }
  }
`);

const StillMatchingThreadsQuery = graphql(`
  query StillMatchingThreads($projectId: ID!, $filter: String!, $first: Int!) {
    project(id: $projectId) {
      id
      threads(filter: $filter, first: $first) {
        nodes {
          id
        }
      }
    }
  }
`);

export function useUnmatchedThreads(options: UnmatchedOptions): void {
  const client = useClient();
  useUnmatched({
    ...options,
    touches: ThreadTouchesSubscription,
    touchedOf: ({ threadChanges: { kind, id } }) => (kind === "UPSERTED" ? id : null),
    matching: async (filter, first) => {
      const variables = { projectId: options.projectId, filter, first };
      const { data } = await client
        .query(StillMatchingThreadsQuery, variables, { requestPolicy: "network-only" })
        .toPromise();
      return data?.project?.threads.nodes ?? null;
    },
  });
}
