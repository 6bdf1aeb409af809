import { useState } from "react";
import { useQuery } from "urql";
import { bucketsOf, type ChartPoint } from "@/components/charts/chart";
import type { LogKind } from "@/entities/logs/logKind";
import { periodOf } from "@/entities/logs/period";
import { type DocumentType, type FragmentType, graphql, readFragment } from "@/gql";
import { failureOf } from "@/lib/failure";
import { useThrottledChange } from "@/lib/useThrottledChange";

const LogsExtentQuery = graphql(`
  query LogsExtent($projectId: ID!, $filter: String, $ofTraces: Boolean!, $ofSpans: Boolean!, $ofThreads: Boolean!) {
    project(id: $projectId) {
      id
      firstTraces: traces(filter: $filter, sort: { field: "start_time", direction: ASC }, first: 1)
        @include(if: $ofTraces) {
        nodes {
          id
          startTime
        }
      }
      lastTraces: traces(filter: $filter, sort: { field: "start_time", direction: DESC }, first: 1)
        @include(if: $ofTraces) {
        nodes {
          id
          startTime
        }
      }
      firstSpans: spans(filter: $filter, sort: { field: "start_time", direction: ASC }, first: 1)
        @include(if: $ofSpans) {
        nodes {
          id
          startTime
        }
      }
      lastSpans: spans(filter: $filter, sort: { field: "start_time", direction: DESC }, first: 1)
        @include(if: $ofSpans) {
        nodes {
          id
          startTime
        }
      }
      firstThreads: threads(filter: $filter, sort: { field: "start_time", direction: ASC }, first: 1)
        @include(if: $ofThreads) {
        nodes {
          id
          startTime
        }
      }
      lastThreads: threads(filter: $filter, sort: { field: "start_time", direction: DESC }, first: 1)
        @include(if: $ofThreads) {
        nodes {
          id
          startTime
        }
      }
    }
  }
`);

const LogsFiguresQuery = graphql(`
  query LogsFigures($scope: StatisticsScope!, $measures: [String!]!, $bucketSeconds: Int!) {
    whole: statistics(scope: $scope, input: { measures: $measures }) {
      ...MeasuredPoints
    }
    parts: statistics(scope: $scope, input: { measures: $measures, bucketSeconds: $bucketSeconds }) {
      ...MeasuredPoints
    }
  }
`);

const MeasuredPointsFragment = graphql(`
  fragment MeasuredPoints on Statistics {
    groups {
      points {
        time
        count
        values {
          count
          sum
          p50
          p99
        }
      }
    }
  }
`);

const FiguresBeforeQuery = graphql(`
  query FiguresBefore($scope: StatisticsScope!, $measures: [String!]!) {
    whole: statistics(scope: $scope, input: { measures: $measures }) {
      ...MeasuredPoints
    }
  }
`);

const MEASURES = ["duration", "cost", "usage.total_tokens"];
/** Threads have no errors of their own. */
const measuresOf = (entity: Entity) => (entity === "THREAD" ? MEASURES : [...MEASURES, "error"]);
const BUCKETS_MAX = 48;
const READ_AGAIN_MS = 3_000;

export type Figures = {
  count: number;
  errors: number;
  p50: number | null;
  p99: number | null;
  cost: number | null;
  tokens: number | null;
};

/** What the stretch of time came to that lies before the one that is asked for, and is as long. */
export type Before = { figures: Figures; seconds: number };

export type Metrics = { whole: Figures; parts: readonly (Figures & { time: string })[]; bucketSeconds: number };

type Entity = LogKind<unknown>["entity"];

type MetricsOptions = {
  entity: Entity;
  projectId: string;
  filter: string | null;
  /** Grows with what is listed: then the figures are read again after a while. */
  revision: number;
  isWaiting: boolean;
};

/** The figures of what is listed, together and over the time from the first to the last of it. */
export function useMetrics({ entity, projectId, filter, revision, isWaiting }: MetricsOptions) {
  const [extent, readExtent] = useQuery({
    query: LogsExtentQuery,
    variables: {
      projectId,
      filter,
      ofTraces: entity === "TRACE",
      ofSpans: entity === "SPAN",
      ofThreads: entity === "THREAD",
    },
    pause: isWaiting,
    requestPolicy: "cache-and-network",
  });
  const { firstTraces, firstSpans, firstThreads, lastTraces, lastSpans, lastThreads } = extent.data?.project ?? {};
  const first = (firstTraces ?? firstSpans ?? firstThreads)?.nodes[0]?.startTime;
  const last = (lastTraces ?? lastSpans ?? lastThreads)?.nodes[0]?.startTime;
  const isKnown = first !== undefined && last !== undefined;
  const [fromMs, toMs] = [Date.parse(first ?? ""), Date.parse(last ?? "")];
  const buckets = isKnown ? bucketsOf(fromMs, toMs, BUCKETS_MAX) : { seconds: 60, fromMs: 0 };
  const stepMs = buckets.seconds * 1_000;
  const scope = {
    entity,
    projectIds: [projectId],
    filter,
    from: new Date(buckets.fromMs).toISOString(),
    // The last one belongs to the last bucket.
    to: new Date((Math.floor((isKnown ? toMs : 0) / stepMs) + 1) * stepMs).toISOString(),
  };
  const [figures, readFigures] = useQuery({
    query: LogsFiguresQuery,
    variables: { scope, measures: measuresOf(entity), bucketSeconds: buckets.seconds },
    pause: !isKnown,
    requestPolicy: "cache-and-network",
  });
  const { period, before, readBefore } = useBefore({ entity, projectId, filter });
  const refresh = () => {
    readBefore();
    readExtent({ requestPolicy: "network-only" });
    // Of nothing there are no figures: a paused query would be sent all the same.
    if (isKnown) readFigures({ requestPolicy: "network-only" });
  };
  useThrottledChange({
    revision,
    intervalMs: READ_AGAIN_MS,
    onChange: () => {
      refresh();
      return true;
    },
  });
  const [kept, setKept] = useState<{ key: string; metrics: Metrics } | null>(null);
  const key = `${entity} ${projectId} ${filter}`;
  const found = isKnown && figures.data ? metricsOf(figures.data, buckets.seconds) : null;
  // While figures are read again the old ones stay, if they are of the same things.
  if (found && (kept?.key !== key || JSON.stringify(kept.metrics) !== JSON.stringify(found))) {
    setKept({ key, metrics: found });
  }
  const metrics = found ?? (kept?.key === key ? kept.metrics : null);
  const error = extent.error ?? figures.error;
  return { metrics, before, period, failure: error && !metrics ? failureOf(error) : null, refresh };
}

function useBefore({ entity, projectId, filter }: Omit<MetricsOptions, "revision" | "isWaiting">) {
  const [clock, setClock] = useState({ filter, nowMs: Date.now() });
  // A time such as `-24h` is counted from when the filter was chosen, and anew when the figures are read again.
  if (clock.filter !== filter) setClock({ filter, nowMs: Date.now() });
  const period = periodOf(filter ?? "", clock.nowMs);
  const lengthMs = period ? period.toMs - period.fromMs : 0;
  const scope = {
    entity,
    projectIds: [projectId],
    filter: period?.rest || null,
    from: new Date((period?.fromMs ?? 0) - lengthMs).toISOString(),
    to: new Date(period?.fromMs ?? 0).toISOString(),
  };
  const [{ data }] = useQuery({
    query: FiguresBeforeQuery,
    variables: { scope, measures: measuresOf(entity) },
    pause: period === null,
  });
  const whole = period && data ? pointsOf(data.whole)[0] : undefined;
  const before: Before | null = whole ? { figures: figuresOf(whole), seconds: Math.round(lengthMs / 1_000) } : null;
  return { period, before, readBefore: () => setClock({ filter, nowMs: Date.now() }) };
}

type Answer = FragmentType<typeof MeasuredPointsFragment>;
type Point = DocumentType<typeof MeasuredPointsFragment>["groups"][number]["points"][number];

function metricsOf(data: { whole: Answer; parts: Answer }, bucketSeconds: number): Metrics | null {
  const whole = pointsOf(data.whole)[0];
  if (!whole) return null;
  const parts = pointsOf(data.parts).map((point) => ({ time: point.time ?? "", ...figuresOf(point) }));
  return { whole: figuresOf(whole), parts, bucketSeconds };
}

function pointsOf(answer: Answer): readonly Point[] {
  return readFragment(MeasuredPointsFragment, answer).groups[0]?.points ?? [];
}

function figuresOf({ count, values: [duration, cost, tokens, errors] }: Point): Figures {
  return {
    count,
    errors: errors?.count ?? 0,
    p50: duration?.p50 ?? null,
    p99: duration?.p99 ?? null,
    cost: cost?.sum ?? null,
    tokens: tokens?.sum ?? null,
  };
}

export function pointsOfMetrics(
  metrics: Metrics,
  pick: (figures: Figures) => readonly (number | null)[],
): readonly ChartPoint[] {
  return metrics.parts.map((part) => ({ time: part.time, values: pick(part) }));
}
