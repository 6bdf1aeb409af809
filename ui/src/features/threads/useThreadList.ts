import { type Client, useClient } from "urql";
import { groupHits } from "@/entities/logs/groupHits";
import type { LogList } from "@/entities/logs/LogsFound";
import { itemOf, newestFirst, pageOf, withHits } from "@/entities/logs/listing";
import type { LogItem } from "@/entities/logs/logKind";
import { type LogsSearch, parseSort, writeSort } from "@/entities/logs/logsSearch";
import { type ThreadRow, ThreadRowFragment } from "@/features/threads/threadKind";
import { useUnmatchedThreads } from "@/features/threads/useUnmatchedThreads";
import { type FragmentType, graphql, readFragment } from "@/gql";
import { askAnew } from "@/lib/askAnew";
import type { Change } from "@/lib/liveList";
import { useLive } from "@/lib/useLive";
import { type LoadedPage, useLiveList } from "@/lib/useLiveList";

const ThreadsPageQuery = graphql(`
  query ThreadsPage($projectId: ID!, $filter: String, $sort: Sort, $first: Int!, $after: String) {
    server {
      position
    }
    project(id: $projectId) {
      id
      threads(filter: $filter, sort: $sort, first: $first, after: $after) {
        nodes {
          ...ThreadRow
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

const ThreadSearchPageQuery = graphql(`
  query ThreadSearchPage($projectId: ID!, $text: String!, $first: Int!, $after: String) {
    server {
      position
    }
    search(projectId: $projectId, text: $text, first: $first, after: $after) {
      nodes {
        trace {
          id
          name
          threadId
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

const FoundThreadsQuery = graphql(`
  query FoundThreads($projectId: ID!, $filter: String!, $first: Int!) {
    project(id: $projectId) {
      id
      threads(filter: $filter, first: $first) {
        nodes {
          ...ThreadRow
        }
      }
    }
  }
`);

const ThreadChangesSubscription = graphql(`
  subscription ThreadChanges($projectId: ID!, $filter: String, $after: Position) {
    threadChanges(projectId: $projectId, filter: $filter, after: $after) {
      position
      kind
      id
      thread {
        ...ThreadRow
      }
    }
  }
`);

type ThreadItem = LogItem<ThreadRow>;

const PAGE_THREADS = 100;

/** The threads of a project as the address asks for them, followed live. */
export function useThreadList(projectId: string, search: LogsSearch, isFollowing: () => boolean): LogList<ThreadRow> {
  const client = useClient();
  const sort = parseSort(search.sort);
  const filter = search.q ? null : (search.filter ?? null);
  const compare = !search.q && writeSort(sort) === undefined ? newestFirst : null;

  const load = async (after: string | null): Promise<LoadedPage<ThreadItem>> => {
    if (search.q) return findThreads(client, { projectId, text: search.q, first: PAGE_THREADS, after });
    const variables = { projectId, filter, sort, first: PAGE_THREADS, after };
    const { server, project } = await askAnew(client, ThreadsPageQuery, variables);
    if (!project) throw new Error("this project does not exist, or it was deleted");
    const { nodes, pageInfo, totalCount } = project.threads;
    return { items: nodes.map(rowOf).map(itemOf), ...pageOf(pageInfo), totalCount, position: server.position };
  };
  const list = useLiveList({ key: JSON.stringify([projectId, search.q, filter, sort]), load });

  const isFollowed = list.position !== null && list.failure === null;
  const listed = [...(list.list?.items ?? []), ...(list.list?.pending ?? [])];
  const isListed = (id: string) => listed.some((item) => item.id === id);
  useLive({
    document: ThreadChangesSubscription,
    variables: { projectId, filter, after: list.position },
    pause: !isFollowed,
    onChanges: (changes) => {
      const told = changes.map(({ threadChanges: { kind, id, thread } }): Change<ThreadItem> => {
        return { kind, id, item: thread ? withHits(itemOf(rowOf(thread)), listed) : null };
      });
      // A new thread has no rank among search hits: only what is on screen is kept up to date.
      const relevant = search.q ? told.filter(({ id }) => isListed(id)) : told;
      list.apply(relevant, { compare, show: isFollowing() });
    },
  });
  useUnmatchedThreads({
    projectId,
    filter: isFollowed ? filter : null,
    after: list.position,
    isListed,
    onUnmatched: (ids) => {
      const gone = ids.map((id): Change<ThreadItem> => ({ kind: "DELETED", id, item: null }));
      list.apply(gone, { compare, show: false });
    },
  });
  return { ...list, reveal: () => list.reveal(compare) };
}

const rowOf = (node: FragmentType<typeof ThreadRowFragment>): ThreadRow => readFragment(ThreadRowFragment, node);

type Asked = { projectId: string; text: string; first: number; after: string | null };

/** What was said in a conversation is found in its traces and spans; here they stand for it. */
async function findThreads(client: Client, asked: Asked): Promise<LoadedPage<ThreadItem>> {
  const { server, search } = await askAnew(client, ThreadSearchPageQuery, asked);
  const names = [...new Set(search.nodes.flatMap(({ trace }) => trace?.threadId ?? []))];
  const filter = names.map((name) => `thread_id:=${JSON.stringify(name)}`).join(" OR ");
  const variables = { projectId: asked.projectId, filter, first: names.length };
  const found = names.length > 0 ? (await askAnew(client, FoundThreadsQuery, variables)).project?.threads.nodes : [];
  const rows = new Map((found ?? []).map(rowOf).map((row) => [row.threadId, row]));
  const hits = search.nodes.flatMap(({ trace, span, snippets }) => {
    const row = rows.get(trace?.threadId ?? "");
    const part = span ?? trace;
    return row && part ? [{ id: row.id, row, spanId: part.id, spanName: part.name ?? null, snippets }] : [];
  });
  const { pageInfo, totalCount } = search;
  return { items: groupHits(hits), ...pageOf(pageInfo), totalCount, position: server.position };
}
