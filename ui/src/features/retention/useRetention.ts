import { type DocumentType, graphql } from "@/gql";
import { useWatched } from "@/lib/useWatched";

const RetentionQuery = graphql(`
  query Retention($includeInactive: Boolean!, $first: Int!) {
    retentionRules(includeInactive: $includeInactive, first: $first) {
      total
      items {
        id
        projectId
        environment
        isOfOrganization
        period
        applyToPast
        isActive
        createdAt
        createdBy
        lastUpdatedAt
        lastUpdatedBy
      }
    }
    projects(first: 500) {
      nodes {
        id
        name
      }
    }
    environments {
      id
      name
    }
  }
`);

export type Retention = DocumentType<typeof RetentionQuery>;
export type RetentionRule = Retention["retentionRules"]["items"][number];

/** The rules, newest first, and what they can speak of. */
export function useRetention(variables: { includeInactive: boolean; first: number }) {
  return useWatched({ query: RetentionQuery, variables, of: { kinds: ["RETENTION_RULE", "PROJECT", "ENVIRONMENT"] } });
}
