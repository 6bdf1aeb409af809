import { useClient } from "urql";
import { type UnmatchedOptions, useUnmatched } from "@/entities/logs/useUnmatched";
import { graphql } from "@/gql";

const SpanTouchesSubscription = graphql(`
  subscription SpanTouches($projectId: ID!, $after: Position) {
    spanChanges(projectId: $projectId, after: $after) {
      position
      kind
      spanId
    }
  }
`);

const StillMatchingSpansQuery = graphql(`
  query StillMatchingSpans($projectId: ID!, $filter: String!, $first: Int!) {
    project(id: $projectId) {
      id
      spans(filter: $filter, first: $first) {
        nodes {
          id
        }
      }
    }
  }
`);

export function useUnmatchedSpans(options: UnmatchedOptions): void {
  const client = useClient();
  useUnmatched({
    ...options,
    touches: SpanTouchesSubscription,
    touchedOf: ({ spanChanges: { kind, spanId } }) => (kind === "UPSERTED" ? spanId : null),
    matching: async (filter, first) => {
      const variables = { projectId: options.projectId, filter, first };
      const { data } = await client
        .query(StillMatchingSpansQuery, variables, { requestPolicy: "network-only" })
        .toPromise();
      return data?.project?.spans.nodes ?? null;
    },
  });
}
