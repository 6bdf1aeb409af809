import type { Client } from "@urql/core";
import { partsAskedFor, type RowParts } from "@/entities/logs/columnNames";
import { groupHits } from "@/entities/logs/groupHits";
import { itemOf, pageOf } from "@/entities/logs/listing";
import type { LogItem } from "@/entities/logs/logKind";
import { type LogsSearch, parseSort } from "@/entities/logs/logsSearch";
import { type TraceRow, TraceRowFragment } from "@/features/traces/traceRow";
import { type FragmentType, graphql, readFragment } from "@/gql";
import { readAhead } from "@/lib/ahead";
import { askAnew } from "@/lib/askAnew";
import type { LoadedPage } from "@/lib/useLiveList";

// How the list of traces is read. It knows nothing of its table, so that it can begin while that is still on its way.

const TracesPageQuery = graphql(`
  query TracesPage(
    $projectId: ID!
    $filter: String
    $sort: Sort
    $first: Int!
    $after: String
    $paths: [String!]!
    $withSpanScores: Boolean!
    $withExperiments: Boolean!
  ) {
    server {
      position
    }
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
  query TraceSearchPage(
    $projectId: ID!
    $text: String!
    $first: Int!
    $after: String
    $paths: [String!]!
    $withSpanScores: Boolean!
    $withExperiments: Boolean!
  ) {
    server {
      position
    }
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

export type TraceItem = LogItem<TraceRow>;
export type TracePage = LoadedPage<TraceItem>;

export type TracesAsked = { projectId: string; search: LogsSearch; parts: RowParts };

const PAGE_TRACES = 100;

/** Tells one list from another. */
export const tracesKey = ({ projectId, search: { q, filter, sort }, parts }: TracesAsked) =>
  JSON.stringify([projectId, q, q ? null : filter, parseSort(sort), parts]);

export async function readTraces(client: Client, asked: TracesAsked, after: string | null): Promise<TracePage> {
  const { projectId, search, parts } = asked;
  if (search.q) {
    const variables = { projectId, text: search.q, first: PAGE_TRACES, after, ...parts };
    const { server, search: found } = await askAnew(client, SearchPageQuery, variables);
    const { nodes, pageInfo, totalCount } = found;
    return { items: groupHits(nodes.map(foundOf)), ...pageOf(pageInfo), totalCount, position: server.position };
  }
  const sort = parseSort(search.sort);
  const variables = { projectId, filter: search.filter ?? null, sort, first: PAGE_TRACES, after, ...parts };
  const { server, project } = await askAnew(client, TracesPageQuery, variables);
  if (!project) throw new Error("this project does not exist, or it was deleted");
  const { nodes, pageInfo, totalCount } = project.traces;
  return { items: nodes.map(rowOf).map(itemOf), ...pageOf(pageInfo), totalCount, position: server.position };
}

/** Begins with the first page of what an address asks for. */
export function readTracesAhead(client: Client, projectId: string, search: LogsSearch): void {
  const asked = { projectId, search, parts: partsAskedFor("traces", search.columns) };
  readAhead(tracesKey(asked), () => readTraces(client, asked, null));
}

export const rowOf = (node: FragmentType<typeof TraceRowFragment>): TraceRow => readFragment(TraceRowFragment, node);

type HitNode = {
  traceId?: string | null;
  trace?: FragmentType<typeof TraceRowFragment> | null;
  span?: { id: string; name?: string | null } | null;
  snippets: readonly { field: string; text: string; highlights: readonly { start: number; end: number }[] }[];
};

const foundOf = ({ traceId, trace, span, snippets }: HitNode) => ({
  // Traces and spans have one, and nothing else is asked for.
  id: traceId ?? "",
  row: trace ? rowOf(trace) : null,
  spanId: span?.id ?? null,
  spanName: span?.name ?? null,
  snippets,
});
