import { useMemo } from "react";
import { useQuery } from "urql";
import { bucketsOf, type ChartPoint } from "@/components/charts/chart";
import type { UpToNow } from "@/entities/figures/useUpToNow";
import { type DocumentType, graphql } from "@/gql";
import { failureOf } from "@/lib/failure";
import { useKept } from "@/lib/useKept";
import { useReadOn } from "@/lib/useReadOn";

const GlanceQuery = graphql(`
  query Glance(
    $traces: StatisticsScope!
    $spans: StatisticsScope!
    $bucketSeconds: Int!
    $measures: [String!]!
    $scores: [String!]!
    $withScores: Boolean!
  ) {
    whole: statistics(scope: $traces, input: { measures: $measures }) {
      groups {
        points {
          count
          values {
            count
            sum
            p50
            p90
            p99
          }
        }
      }
    }
    parts: statistics(scope: $traces, input: { measures: $measures, bucketSeconds: $bucketSeconds }) {
      groups {
        points {
          time
          count
          values {
            count
            sum
            p50
            p90
            p99
          }
        }
      }
    }
    models: statistics(
      scope: $spans
      input: { measures: ["cost", "usage.total_tokens"], bucketSeconds: $bucketSeconds, by: ["model"], groups: 5 }
    ) {
      groups {
        by {
          value
          isOthers
        }
        points {
          time
          count
          values {
            sum
          }
        }
      }
    }
    errors: statistics(scope: $traces, input: { by: ["error_type"], groups: 10 }) {
      groups {
        by {
          value
          isOthers
        }
        count
      }
    }
    scores: statistics(scope: $traces, input: { measures: $scores, bucketSeconds: $bucketSeconds })
      @include(if: $withScores) {
      groups {
        points {
          time
          values {
            mean
          }
        }
      }
    }
  }
`);

const ScoreNamesQuery = graphql(`
  query GlanceScores($scope: StatisticsScope!) {
    statisticsNames(scope: $scope) {
      scores
    }
  }
`);

export type Glance = DocumentType<typeof GlanceQuery>;

const MEASURES = ["error", "duration", "cost", "usage.total_tokens"];
export const BUCKETS_MAX = 60;
const SCORES_MAX = 5;

type Asked = UpToNow & { projectId: string; filter: string };

/** What a project did in a stretch of time, as figures over that time. */
export function useGlance({ projectId, fromMs, toMs, revision, filter }: Asked) {
  const { seconds, fromMs: startMs } = bucketsOf(fromMs, toMs, BUCKETS_MAX);
  const scope = useMemo(() => {
    const [from, to] = [new Date(startMs).toISOString(), new Date(toMs).toISOString()];
    return { projectIds: [projectId], filter: filter || null, from, to };
  }, [projectId, filter, startMs, toMs]);
  const traces = { ...scope, entity: "TRACE" as const };
  const [names, readNames] = useQuery({ query: ScoreNamesQuery, variables: { scope: traces } });
  const scores = names.data?.statisticsNames.scores.filter((name) => /^[\w.]+$/.test(name)).slice(0, SCORES_MAX) ?? [];
  const [{ data, error, fetching }, read] = useQuery({
    query: GlanceQuery,
    variables: {
      traces,
      // The filter speaks of traces; spans have other fields.
      spans: { ...scope, filter: null, entity: "SPAN" as const },
      bucketSeconds: seconds,
      measures: MEASURES,
      scores: scores.map((name) => `feedback.${name}`),
      withScores: scores.length > 0,
    },
    pause: names.fetching,
    requestPolicy: "cache-and-network",
  });
  const refresh = () => {
    readNames({ requestPolicy: "network-only" });
    if (!names.fetching) read({ requestPolicy: "network-only" });
  };
  useReadOn(revision, false, refresh);
  // Without their names, scores would be left out of what looks whole.
  const glance = useKept(JSON.stringify([projectId, filter, toMs - fromMs]), data ?? null);
  const problem = names.error ?? (glance ? undefined : error);
  return {
    glance: problem ? null : glance,
    scores,
    bucketSeconds: seconds,
    isLoading: fetching,
    failure: problem ? failureOf(problem) : null,
    refresh,
  };
}

type Group = { points: readonly { time?: string | null }[] };

/** The points of groups side by side: one value for each group at each time. */
export function sideBySide<G extends Group>(
  groups: readonly G[],
  pick: (point: G["points"][number]) => number | null,
): ChartPoint[] {
  const [first] = groups;
  return (first?.points ?? []).map(({ time }, at) => ({
    time: time ?? "",
    values: groups.map(({ points }) => {
      const point = points[at];
      return point ? pick(point) : null;
    }),
  }));
}
