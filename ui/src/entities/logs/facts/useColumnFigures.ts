import { useQuery } from "urql";
import { FieldFiguresFragment, type FieldScope } from "@/entities/logs/filter/fieldFacts";
import { graphql, readFragment } from "@/gql";
import { failureOf } from "@/lib/failure";
import { useThrottledChange } from "@/lib/useThrottledChange";

const ColumnFiguresQuery = graphql(`
  query ColumnFigures($scope: StatisticsScope!, $fields: [String!]!) {
    statistics(scope: $scope, input: { measures: $fields }) {
      groups {
        points {
          values {
            ...FieldFigures
          }
        }
      }
    }
  }
`);

/** As many as the server measures at once; columns further right are scrolled to seldom. */
const FIELDS_MAX = 20;
const READ_AGAIN_MS = 3_000;

type Asked = {
  scope: FieldScope;
  fields: readonly string[];
  /** Grows with what is listed: then the figures are read again after a while. */
  revision: number;
};

/** The figures of several fields over all that is listed, by field. */
export function useColumnFigures({ scope, fields, revision }: Asked) {
  const asked = [...new Set(fields)].slice(0, FIELDS_MAX);
  const [{ data, error }, read] = useQuery({
    query: ColumnFiguresQuery,
    variables: { scope, fields: asked },
    pause: asked.length === 0,
    requestPolicy: "cache-and-network",
  });
  const refresh = () => read({ requestPolicy: "network-only" });
  useThrottledChange({
    revision,
    intervalMs: READ_AGAIN_MS,
    onChange: () => {
      if (asked.length > 0) refresh();
      return true;
    },
  });
  const values = data?.statistics.groups[0]?.points[0]?.values ?? [];
  const figures = new Map(
    values.flatMap((value, at) => {
      const field = asked[at];
      return field === undefined ? [] : [[field, readFragment(FieldFiguresFragment, value)] as const];
    }),
  );
  return {
    figures,
    isComing: asked.length > 0 && !data && !error,
    failure: error && !data ? failureOf(error) : null,
    refresh,
  };
}
