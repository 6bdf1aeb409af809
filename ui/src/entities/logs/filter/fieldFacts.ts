import type { Client } from "urql";
import { type DocumentType, graphql, readFragment } from "@/gql";
import { askAnew } from "@/lib/askAnew";

// What was recorded of one field: its values with their counts, and figures where it holds numbers.

export const FieldFiguresFragment = graphql(`
  fragment FieldFigures on StatisticsValue {
    count
    sum
    mean
    min
    max
    p50
    p90
    p99
    approximate
  }
`);

export type FieldFigures = DocumentType<typeof FieldFiguresFragment>;

export const FieldFactsQuery = graphql(`
  query FieldFacts($scope: StatisticsScope!, $field: String!, $values: Int!, $isMeasured: Boolean!) {
    facets(scope: $scope, fields: [$field], values: $values) {
      field
      values {
        value
        from
        to
        filter
        count
      }
      missing
      others
    }
    statistics(scope: $scope, input: { measures: [$field] }) @include(if: $isMeasured) {
      groups {
        count
        points {
          values {
            ...FieldFigures
          }
        }
      }
    }
  }
`);

export type FieldFacts = DocumentType<typeof FieldFactsQuery>;
export type FacetValue = FieldFacts["facets"][number]["values"][number];

export type FieldScope = { entity: "TRACE" | "SPAN" | "THREAD"; projectIds: string[]; filter: string | null };

type Asked = { scope: FieldScope; field: string; values: number; isMeasured: boolean };

export function readFieldFacts(client: Client, asked: Asked): Promise<FieldFacts> {
  return askAnew(client, FieldFactsQuery, asked);
}

/** Null where nothing has a value. */
export function figuresOf(facts: FieldFacts): FieldFigures | null | undefined {
  const value = facts.statistics?.groups[0]?.points[0]?.values[0];
  const figures = value && readFragment(FieldFiguresFragment, value);
  return figures && figures.count > 0 ? figures : null;
}
