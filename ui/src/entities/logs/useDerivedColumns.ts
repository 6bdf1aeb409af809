import { type DocumentType, graphql } from "@/gql";
import { useLive } from "@/lib/useLive";
import { useWatched } from "@/lib/useWatched";

const DerivedColumnsQuery = graphql(`
  query DerivedColumns {
    derivedColumns {
      id
      of
      name
      path
      condition
      isFilled
      filledShare
      createdAt
      createdBy
    }
  }
`);

const FillingSubscription = graphql(`
  subscription Filling {
    projections {
      name
    }
  }
`);

export type DerivedColumn = DocumentType<typeof DerivedColumnsQuery>["derivedColumns"][number];

/** The derived columns of the workspace; while one of them is filled, how far that is. */
export function useDerivedColumns() {
  const watched = useWatched({ query: DerivedColumnsQuery, variables: {}, of: { kinds: ["DERIVED_COLUMN"] } });
  const columns = watched.data?.derivedColumns;
  const isFilling = columns?.some(({ isFilled }) => !isFilled) ?? false;
  useLive({ document: FillingSubscription, variables: {}, pause: !isFilling, onChanges: watched.refresh });
  return { ...watched, columns };
}
