import { useClient } from "urql";
import { type UnmatchedOptions, useUnmatched } from "@/entities/logs/useUnmatched";
import { graphql } from "@/gql";

const TraceTouchesSubscription = graphql(`
  subscription TraceTouches($projectId: ID!, $after: Position) {
    traceChanges(projectId: $projectId, after: $after) {
      position
      kind
      traceId
    }
  }
`);

const StillMatchingQuery = graphql(`
  query StillMatching($projectId: ID!, $filter: String!, $first: Int!) {
    project(id: $projectId) {
      id
      traces(filter: $filter, first: $first) {
        nodes {
          id
        }
      }
    }
  }
`);

export function useUnmatchedTraces(options: UnmatchedOptions): void {
  const client = useClient();
  useUnmatched({
    ...options,
    touches: TraceTouchesSubscription,
    touchedOf: ({ traceChanges: { kind, traceId } }) => (kind === "UPSERTED" ? traceId : null),
    matching: async (filter, first) => {
      const variables = { projectId: options.projectId, filter, first };
      const { data } = await client.query(StillMatchingQuery, variables, { requestPolicy: "network-only" }).toPromise();
      return data?.project?.traces.nodes ?? null;
    },
  });
}
