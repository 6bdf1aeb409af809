import { useState } from "react";
import { useClient } from "urql";
import { groupHits } from "@/entities/logs/groupHits";
import type { LogList } from "@/entities/logs/LogsFound";
import { itemOf, newestFirst, pageOf } from "@/entities/logs/listing";
import type { LogItem } from "@/entities/logs/logKind";
import { type LogsSearch, parseSort, writeSort } from "@/entities/logs/logsSearch";
import { type SpanRow, SpanRowFragment } from "@/features/spans/spanKind";
import { type FragmentType, graphql, readFragment } from "@/gql";
import { askAnew } from "@/lib/askAnew";
import { useLive } from "@/lib/useLive";
import { type LoadedPage, useLiveList } from "@/lib/useLiveList";
import { useThrottledChange } from "@/lib/useThrottledChange";

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

const SpanTouchesSubscription = graphql(`
  subscription SpanTouches($projectId: ID!, $after: Position) {
    traceChanges(projectId: $projectId, after: $after) {
      position
      kind
      traceId
    }
  }
`);

type SpanItem = LogItem<SpanRow>;

const PAGE_SPANS = 100;
const READ_AGAIN_MS = 1_000;
const READ_AGAIN_SPANS = 50;

type Followed = { isFollowing: () => boolean; paths: string[] };

/**
 * The spans of a project as the address asks for them. What is told live are traces that changed: then the beginning
 * of the list is read again, and what is new or different in it is merged as any other change.
 */
export function useSpanList(projectId: string, search: LogsSearch, { isFollowing, paths }: Followed): LogList<SpanRow> {
  const client = useClient();
  const sort = parseSort(search.sort);
  const compare = !search.q && writeSort(sort) === undefined ? newestFirst : null;
  const filter = search.q ? null : (search.filter ?? null);

  const readPage = async (first: number, after: string | null): Promise<LoadedPage<SpanItem>> => {
    if (search.q) {
      const variables = { projectId, text: search.q, first, after, paths };
      const { server, search: found } = await askAnew(client, SpanSearchPageQuery, variables);
      const { nodes, pageInfo, totalCount } = found;
      return { items: groupHits(nodes.flatMap(foundOf)), ...pageOf(pageInfo), totalCount, position: server.position };
    }
    const variables = { projectId, filter, sort, first, after, paths };
    const { server, project } = await askAnew(client, SpansPageQuery, variables);
    if (!project) throw new Error("this project does not exist, or it was deleted");
    const { nodes, pageInfo, totalCount } = project.spans;
    return { items: nodes.map(rowOf).map(itemOf), ...pageOf(pageInfo), totalCount, position: server.position };
  };
  const list = useLiveList({
    key: JSON.stringify([projectId, search.q, filter, sort, paths]),
    load: (after) => readPage(PAGE_SPANS, after),
  });

  const [revision, setRevision] = useState(0);
  useLive({
    document: SpanTouchesSubscription,
    variables: { projectId, after: list.position },
    pause: list.position === null || list.failure !== null || compare === null,
    onChanges: () => setRevision(revision + 1),
  });
  const readAgain = async () => {
    const { key } = list;
    const page = await readPage(READ_AGAIN_SPANS, null).catch(() => null);
    // Without an answer, or when something else is listed by now, the rows stay as they are.
    if (!page || key !== list.key) return;
    const changes = page.items.map((item) => ({ kind: "UPSERTED" as const, id: item.id, item }));
    list.apply(changes, { compare, show: isFollowing() });
  };
  useThrottledChange({
    revision,
    intervalMs: READ_AGAIN_MS,
    onChange: () => {
      readAgain();
      return true;
    },
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
