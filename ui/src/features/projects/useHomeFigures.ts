import { useQuery } from "urql";
import { bucketsOf } from "@/components/charts/chart";
import { useUpToNow } from "@/entities/figures/useUpToNow";
import { type DocumentType, graphql } from "@/gql";
import { failureOf } from "@/lib/failure";
import { useKept } from "@/lib/useKept";
import { useReadOn } from "@/lib/useReadOn";

const HomeFiguresQuery = graphql(`
  query HomeFigures($now: StatisticsScope!, $before: StatisticsScope!, $bucketed: StatisticsScope!, $seconds: Int!) {
    now: statistics(scope: $now, input: { measures: ["error", "cost", "duration"] }) {
      groups {
        points {
          count
          values {
            count
            sum
            p50
          }
        }
      }
    }
    before: statistics(scope: $before, input: { measures: ["error", "cost", "duration"] }) {
      groups {
        points {
          count
          values {
            count
            sum
            p50
          }
        }
      }
    }
    parts: statistics(scope: $bucketed, input: { measures: ["error"], bucketSeconds: $seconds }) {
      groups {
        points {
          time
          count
          values {
            count
          }
        }
      }
    }
  }
`);

/** So fine that the figures are those of the logs that are filtered by the same time. */
const MINUTE_MS = 60_000;
const BARS_MAX = 48;

export type HomeFigures = { count: number; errors: number; cost: number | null; p50: number | null };

/** What the traces of a project come to in a stretch of time that ends now, and in the one before it. */
export function useHomeFigures(projectId: string, rangeMs: number) {
  const upToNow = useUpToNow({ rangeMs, bucketsMax: rangeMs / MINUTE_MS, kinds: ["TRACE"] });
  const { fromMs, toMs, revision } = upToNow;
  const bars = bucketsOf(fromMs, toMs, BARS_MAX);
  const scope = (from: number, to: number) => ({
    entity: "TRACE" as const,
    projectIds: [projectId],
    from: new Date(from).toISOString(),
    to: new Date(to).toISOString(),
  });
  const [{ data, error }, read] = useQuery({
    query: HomeFiguresQuery,
    variables: {
      now: scope(fromMs, toMs),
      before: scope(fromMs - rangeMs, fromMs),
      bucketed: scope(bars.fromMs, toMs),
      seconds: bars.seconds,
    },
    requestPolicy: "cache-and-network",
  });
  const refresh = () => read({ requestPolicy: "network-only" });
  useReadOn(revision, false, refresh);
  const kept = useKept(`${projectId} ${rangeMs}`, data ?? null);
  return {
    figures: kept && {
      now: figuresOf(kept.now),
      before: figuresOf(kept.before),
      parts: kept.parts.groups[0]?.points ?? [],
      bucketSeconds: bars.seconds,
    },
    failure: error && !kept ? failureOf(error) : null,
    refresh: upToNow.goOn,
  };
}

export type FiguresNow = NonNullable<ReturnType<typeof useHomeFigures>["figures"]>;

type Answer = DocumentType<typeof HomeFiguresQuery>["now"];

function figuresOf({ groups }: Answer): HomeFigures {
  const point = groups[0]?.points[0];
  const [errors, cost, duration] = point?.values ?? [];
  return {
    count: point?.count ?? 0,
    errors: errors?.count ?? 0,
    cost: cost?.sum ?? null,
    p50: duration?.p50 ?? null,
  };
}
