import { useClient } from "urql";
import { groupHits } from "@/entities/logs/groupHits";
import type { LogList } from "@/entities/logs/LogsFound";
import { itemOf, newestFirst, pageOf, withHits } from "@/entities/logs/listing";
import type { LogItem } from "@/entities/logs/logKind";
import { type LogsSearch, parseSort, writeSort } from "@/entities/logs/logsSearch";
import { type SpanRow, SpanRowFragment } from "@/features/spans/spanKind";
import { useUnmatchedSpans } from "@/features/spans/useUnmatchedSpans";
import { type FragmentType, graphql, readFragment } from "@/gql";
import { askAnew } from "@/lib/askAnew";
import type { Change } from "@/lib/liveList";
import { useLive } from "@/lib/useLive";
import { type LoadedPage, useLiveList } from "@/lib/useLiveList";

const SpansPageQuery = graphql(`
  query SpansPage(
    $projectId: ID!
    $filter: String
    $sort: Sort
    $first: Int!
    $after: String
    $paths: [String!]!
  ) {
    server {
      position
    }
    project(id: $projectId) {
      id
      spans(filter: $filter, sort: $sort, first: $first, after: $after) {
        nodes {
          ...SpanRow
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

const SpanSearchPageQuery = graphql(`
  query SpanSearchPage($projectId: ID!, $text: String!, $first: Int!, $after: String, $paths: [String!]!) {
    server {
      position
    }
    search(projectId: $projectId, text: $text, first: $first, after: $after) {
      nodes {
        span {
          ...SpanRow
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

const SpanChangesSubscription = graphql(`
  subscription SpanChanges($projectId: ID!, $filter: String, $after: Position, $paths: [String!]!) {
    spanChanges(projectId: $projectId, filter: $filter, after: $after) {
      position
      kind
      spanId
      span {
        ...SpanRow
      }
    }
  }
`);

const DeletedTracesSubscription = graphql(`
  subscription DeletedTraces($projectId: ID!, $after: Position) {
    traceChanges(projectId: $projectId, filter: "NOT *", after: $after) {
      position
      kind
      traceId
    }
  }
`);

type SpanItem = LogItem<SpanRow>;

const PAGE_SPANS = 100;

type Followed = { isFollowing: () => boolean; paths: string[] };

/** The spans of a project as the address asks for them, followed live. */
export function useSpanList(projectId: string, search: LogsSearch, { isFollowing, paths }: Followed): LogList<SpanRow> {
  const client = useClient();
  const sort = parseSort(search.sort);
  const compare = !search.q && writeSort(sort) === undefined ? newestFirst : null;
  const filter = search.q ? null : (search.filter ?? null);

  const load = async (after: string | null): Promise<LoadedPage<SpanItem>> => {
    if (search.q) {
      const variables = { projectId, text: search.q, first: PAGE_SPANS, after, paths };
      const { server, search: found } = await askAnew(client, SpanSearchPageQuery, variables);
      const { nodes, pageInfo, totalCount } = found;
      return { items: groupHits(nodes.flatMap(foundOf)), ...pageOf(pageInfo), totalCount, position: server.position };
    }
    const variables = { projectId, filter, sort, first: PAGE_SPANS, after, paths };
    const { server, project } = await askAnew(client, SpansPageQuery, variables);
    if (!project) throw new Error("this project does not exist, or it was deleted");
    const { nodes, pageInfo, totalCount } = project.spans;
    return { items: nodes.map(rowOf).map(itemOf), ...pageOf(pageInfo), totalCount, position: server.position };
  };
  const list = useLiveList({
    key: JSON.stringify([projectId, search.q, filter, sort, paths]),
    load,
  });

  const isFollowed = list.position !== null && list.failure === null;
  const listed = () => [...(list.list?.items ?? []), ...(list.list?.pending ?? [])];
  const isListed = (id: string) => listed().some((item) => item.id === id);
  const drop = (ids: readonly string[]) => {
    const gone = ids.map((id): Change<SpanItem> => ({ kind: "DELETED", id, item: null }));
    list.apply(gone, { compare, show: false });
  };
  useLive({
    document: SpanChangesSubscription,
    variables: { projectId, filter, after: list.position, paths },
    pause: !isFollowed,
    onChanges: (changes) => {
      const told = changes.map(({ spanChanges: { kind, spanId, span } }): Change<SpanItem> => {
        const item = span ? itemOf(rowOf(span)) : null;
        return { kind, id: spanId, item: item && withHits(item, list.list?.items) };
      });
      // A new span has no rank among search hits: only what is on screen is kept up to date.
      const relevant = search.q ? told.filter(({ id }) => isListed(id)) : told;
      list.apply(relevant, { compare, show: isFollowing() });
    },
  });
  // Spans that go with their whole trace are not told one by one.
  useLive({
    document: DeletedTracesSubscription,
    variables: { projectId, after: list.position },
    pause: !isFollowed,
    onChanges: (changes) => {
      const traces = new Set(changes.map(({ traceChanges: { kind, traceId } }) => (kind === "DELETED" ? traceId : "")));
      drop(listed().flatMap(({ id, row }) => (row && traces.has(row.traceId) ? [id] : [])));
    },
  });
  useUnmatchedSpans({
    projectId,
    filter: isFollowed ? filter : null,
    after: list.position,
    isListed,
    onUnmatched: drop,
  });
  return { ...list, reveal: () => list.reveal(compare) };
}

const rowOf = (node: FragmentType<typeof SpanRowFragment>): SpanRow => readFragment(SpanRowFragment, node);

type HitNode = {
  span?: FragmentType<typeof SpanRowFragment> | null;
  snippets: readonly { field: string; text: string; highlights: readonly { start: number; end: number }[] }[];
};

function foundOf({ span, snippets }: HitNode) {
  if (!span) return [];
  const row = rowOf(span);
  return [{ id: row.id, row, spanId: null, spanName: null, snippets }];
}
