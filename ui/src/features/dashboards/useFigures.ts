import { useMemo } from "react";
import { useQuery } from "urql";
import { bucketsOf } from "@/components/charts/chart";
import type { UpToNow } from "@/entities/figures/useUpToNow";
import { type DocumentType, graphql } from "@/gql";
import type { StatisticsEntity } from "@/gql/graphql";
import { failureOf } from "@/lib/failure";
import { useKept } from "@/lib/useKept";
import { useReadOn } from "@/lib/useReadOn";

const WidgetFiguresQuery = graphql(`
  query WidgetFigures($scope: StatisticsScope!, $input: StatisticsInput!) {
    statistics(scope: $scope, input: $input) {
      groups {
        by {
          value
          isOthers
        }
        count
        points {
          time
          count
          values {
            count
            share
            sum
            mean
            p50
            p90
            p99
          }
        }
      }
    }
  }
`);

const WidgetScoresQuery = graphql(`
  query WidgetScores($scope: StatisticsScope!) {
    statisticsNames(scope: $scope) {
      scores
    }
  }
`);

export type FigureGroup = DocumentType<typeof WidgetFiguresQuery>["statistics"]["groups"][number];
export type FigurePoint = FigureGroup["points"][number];

/** The stretch of time that a dashboard looks at. */
export type Looked = UpToNow;

type Asked = Looked & {
  entity: StatisticsEntity;
  projectId: string | null;
  filter: string | null;
  measures: readonly string[];
  by: readonly string[];
  groups?: number;
  isOverTime?: boolean;
  pause?: boolean;
};

export const BUCKETS_MAX = 48;

export function useFigures({ entity, projectId, filter, measures, by, fromMs, toMs, revision, ...rest }: Asked) {
  const { groups = 10, isOverTime = false, pause = false } = rest;
  const { seconds, fromMs: startMs } = bucketsOf(fromMs, toMs, BUCKETS_MAX);
  const scope = useScope({ entity, projectId, filter, fromMs: startMs, toMs });
  const input = { measures: [...measures], by: [...by], groups, bucketSeconds: isOverTime ? seconds : null };
  const [{ data, error }, read] = useQuery({
    query: WidgetFiguresQuery,
    variables: { scope, input },
    pause,
    requestPolicy: "cache-and-network",
  });
  const refresh = () => read({ requestPolicy: "network-only" });
  useReadOn(revision, pause, refresh);
  const key = JSON.stringify([entity, projectId, filter, input, toMs - fromMs]);
  const found = useKept(key, data?.statistics.groups ?? null);
  return { groups: found, bucketSeconds: seconds, failure: error && !found ? failureOf(error) : null, refresh };
}

type Scoped = Pick<Asked, "entity" | "projectId" | "filter" | "fromMs" | "toMs">;

function useScope({ entity, projectId, filter, fromMs, toMs }: Scoped) {
  return useMemo(
    () => ({
      entity,
      projectIds: projectId ? [projectId] : null,
      filter: filter || null,
      from: new Date(fromMs).toISOString(),
      to: new Date(toMs).toISOString(),
    }),
    [entity, projectId, filter, fromMs, toMs],
  );
}

/** The scores that there are; null while that is not known. */
export function useScoreNames(asked: Omit<Scoped, "filter"> & { pause: boolean }) {
  const scope = useScope({ ...asked, filter: null });
  const [{ data, error }, read] = useQuery({ query: WidgetScoresQuery, variables: { scope }, pause: asked.pause });
  const key = JSON.stringify([asked.entity, asked.projectId]);
  const scores = useKept(key, data?.statisticsNames.scores ?? null);
  const known = scores?.filter((name) => /^[\w.]+$/.test(name)) ?? null;
  return {
    names: asked.pause ? [] : known,
    failure: error && !known ? failureOf(error) : null,
    refresh: () => read({ requestPolicy: "network-only" }),
  };
}
