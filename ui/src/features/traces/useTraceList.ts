import { useRef } from "react";
import { useClient } from "urql";
import type { RowParts } from "@/entities/logs/columnNames";
import type { LogList } from "@/entities/logs/LogsFound";
import { itemOf, newestFirst, withHits } from "@/entities/logs/listing";
import type { LogsSearch } from "@/entities/logs/logsSearch";
import { parseSort, writeSort } from "@/entities/logs/logsSearch";
import { readTraces, rowOf, type TraceItem, type TracePage, tracesKey } from "@/features/traces/readTraces";
import type { TraceRow } from "@/features/traces/traceRow";
import { useUnmatchedTraces } from "@/features/traces/useUnmatchedTraces";
import { graphql } from "@/gql";
import { takeAhead } from "@/lib/ahead";
import type { Change } from "@/lib/liveList";
import { useLive } from "@/lib/useLive";
import { useLiveList } from "@/lib/useLiveList";

const TraceChangesSubscription = graphql(`
  subscription TraceChanges(
    $projectId: ID!
    $filter: String
    $after: Position
    $paths: [String!]!
    $withSpanScores: Boolean!
    $withExperiments: Boolean!
  ) {
    traceChanges(projectId: $projectId, filter: $filter, after: $after) {
      position
      kind
      traceId
      trace {
        ...TraceRow
      }
    }
  }
`);

type Followed = { isFollowing: () => boolean; parts: RowParts };

/** The traces of a project as the address asks for them, followed live. */
export function useTraceList(
  projectId: string,
  search: LogsSearch,
  { isFollowing, parts }: Followed,
): LogList<TraceRow> {
  const client = useClient();
  const sort = parseSort(search.sort);
  const compare = !search.q && writeSort(sort) === undefined ? newestFirst : null;

  const asked = { projectId, search, parts };
  const key = tracesKey(asked);
  const isFirst = useRef(true);
  const load = (after: string | null): Promise<TracePage> => {
    const ahead = isFirst.current ? takeAhead<TracePage>(key) : undefined;
    isFirst.current = false;
    return ahead ?? readTraces(client, asked, after);
  };
  const list = useLiveList({ key, load });

  const filter = search.q ? null : (search.filter ?? null);
  const isFollowed = list.position !== null && list.failure === null;
  useLive({
    document: TraceChangesSubscription,
    variables: { projectId, filter, after: list.position, ...parts },
    pause: !isFollowed,
    onChanges: (changes) => {
      const told = changes.map(({ traceChanges: { kind, traceId, trace } }): Change<TraceItem> => {
        const item = trace ? itemOf(rowOf(trace)) : null;
        return { kind, id: traceId, item: item && withHits(item, list.list?.items) };
      });
      // A new trace has no rank among search hits: only what is on screen is kept up to date.
      const known = new Set(list.list?.items.map((item) => item.id));
      const relevant = search.q ? told.filter((change) => known.has(change.id)) : told;
      list.apply(relevant, { compare, show: isFollowing() });
    },
  });
  useUnmatchedTraces({
    projectId,
    filter: isFollowed ? filter : null,
    after: list.position,
    isListed: (id) => [list.list?.items, list.list?.pending].some((items) => items?.some((item) => item.id === id)),
    onUnmatched: (ids) => {
      const gone = ids.map((id): Change<TraceItem> => ({ kind: "DELETED", id, item: null }));
      list.apply(gone, { compare, show: false });
    },
  });
  return { ...list, reveal: () => list.reveal(compare) };
}
