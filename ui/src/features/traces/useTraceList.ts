import { useClient } from "urql";
import { groupHits } from "@/entities/logs/groupHits";
import type { LogList } from "@/entities/logs/LogsFound";
import { itemOf, newestFirst, pageOf, withHits } from "@/entities/logs/listing";
import type { LogItem } from "@/entities/logs/logKind";
import type { LogsSearch } from "@/entities/logs/logsSearch";
import { parseSort, writeSort } from "@/entities/logs/logsSearch";
import { type TraceRow, TraceRowFragment } from "@/features/traces/traceKind";
import { useUnmatchedTraces } from "@/features/traces/useUnmatchedTraces";
import { type FragmentType, graphql, readFragment } from "@/gql";
import { askAnew } from "@/lib/askAnew";
import type { Change } from "@/lib/liveList";
import { useLive } from "@/lib/useLive";
import { type LoadedPage, useLiveList } from "@/lib/useLiveList";

const PositionQuery = graphql(`
  query LogPosition {
    server {
      position
    }
  }
`);

const TracesPageQuery = graphql(`
  query TracesPage(
    $projectId: ID!
    $filter: String
    $sort: Sort
    $first: Int!
    $after: String
    $paths: [String!]!
  ) {
    project(id: $projectId) {
      id
      traces(filter: $filter, sort: $sort, first: $first, after: $after) {
        nodes {
          ...TraceRow
        }
        pageInfo {
          endCursor
          hasNextPage
        }
        totalCount
      }
    }
  }
`);

const SearchPageQuery = graphql(`
  query TraceSearchPage($projectId: ID!, $text: String!, $first: Int!, $after: String, $paths: [String!]!) {
    search(projectId: $projectId, text: $text, first: $first, after: $after) {
      nodes {
        traceId
        trace {
          ...TraceRow
        }
        span {
          id
          name
        }
        snippets {
          field
          text
          highlights {
            start
            end
          }
        }
      }
      pageInfo {
        endCursor
        hasNextPage
      }
      totalCount
    }
  }
`);

const TraceChangesSubscription = graphql(`
  subscription TraceChanges($projectId: ID!, $filter: String, $after: Position, $paths: [String!]!) {
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

type TraceItem = LogItem<TraceRow>;

const PAGE_TRACES = 100;

type Followed = { isFollowing: () => boolean; paths: string[] };

/** The traces of a project as the address asks for them, followed live. */
export function useTraceList(
  projectId: string,
  search: LogsSearch,
  { isFollowing, paths }: Followed,
): LogList<TraceRow> {
  const client = useClient();
  const sort = parseSort(search.sort);
  const compare = !search.q && writeSort(sort) === undefined ? newestFirst : null;

  const load = async (after: string | null): Promise<LoadedPage<TraceItem>> => {
    // The position is read before the page, so that what is written in between is told twice rather than not at all.
    const position = after ? null : (await askAnew(client, PositionQuery, {})).server.position;
    if (search.q) {
      const variables = { projectId, text: search.q, first: PAGE_TRACES, after, paths };
      const { nodes, pageInfo, totalCount } = (await askAnew(client, SearchPageQuery, variables)).search;
      return { items: groupHits(nodes.map(foundOf)), ...pageOf(pageInfo), totalCount, position };
    }
    const variables = { projectId, filter: search.filter ?? null, sort, first: PAGE_TRACES, after, paths };
    const { project } = await askAnew(client, TracesPageQuery, variables);
    if (!project) throw new Error("this project does not exist, or it was deleted");
    const { nodes, pageInfo, totalCount } = project.traces;
    return { items: nodes.map(rowOf).map(itemOf), ...pageOf(pageInfo), totalCount, position };
  };

  const key = JSON.stringify([projectId, search.q, search.q ? null : search.filter, sort, paths]);
  const list = useLiveList({ key, load });

  const filter = search.q ? null : (search.filter ?? null);
  const isFollowed = list.position !== null && list.failure === null;
  useLive({
    document: TraceChangesSubscription,
    variables: { projectId, filter, after: list.position, paths },
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

const rowOf = (node: FragmentType<typeof TraceRowFragment>): TraceRow => readFragment(TraceRowFragment, node);

type HitNode = {
  traceId: string;
  trace?: FragmentType<typeof TraceRowFragment> | null;
  span?: { id: string; name?: string | null } | null;
  snippets: readonly { field: string; text: string; highlights: readonly { start: number; end: number }[] }[];
};

const foundOf = ({ traceId, trace, span, snippets }: HitNode) => ({
  id: traceId,
  row: trace ? rowOf(trace) : null,
  spanId: span?.id ?? null,
  spanName: span?.name ?? null,
  snippets,
});
