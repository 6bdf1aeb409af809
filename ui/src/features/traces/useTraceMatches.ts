import { useQuery } from "urql";
import { graphql } from "@/gql";
import { formatInstant } from "@/lib/format";

const TraceMatchesQuery = graphql(`
  query TraceMatches($projectId: ID!, $text: String!) {
    search(projectId: $projectId, text: $text, first: 8) {
      nodes {
        traceId
        trace {
          id
          name
          startTime
        }
        span {
          id
          name
        }
        snippets {
          field
          text
        }
      }
    }
  }
`);

export type TraceMatch = { traceId: string; spanId: string | null; name: string; note: string };

const SNIPPET_CHARS_MAX = 120;
const TIME_CHARS = "2026-01-01 00:00:00".length;

/** Traces and spans of a project in which words are found, the best first. Words that make no search find nothing. */
export function useTraceMatches(projectId: string | undefined, text: string) {
  const pause = projectId === undefined || text === "";
  const variables = { projectId: projectId ?? "", text };
  const [{ data, fetching }] = useQuery({ query: TraceMatchesQuery, variables, pause });
  const isSearching = fetching && !pause;
  // What was found for other words says nothing about these.
  const nodes = pause || isSearching ? [] : (data?.search.nodes ?? []);
  const found = new Map<string, TraceMatch>();
  for (const { traceId, trace, span, snippets } of nodes) {
    const name = [trace?.name, span?.name].filter(Boolean).join(" › ") || "Trace";
    // That the words stand in the name is seen.
    const snippet = snippets.find(({ field }) => field !== "name")?.text ?? "";
    const time = trace ? formatInstant(trace.startTime).slice(0, TIME_CHARS) : "";
    const note = [time, snippet.replace(/\s+/g, " ").slice(0, SNIPPET_CHARS_MAX)].filter(Boolean).join(" · ");
    // Traces and spans have one, and nothing else is asked for.
    if (traceId && !found.has(traceId)) found.set(traceId, { traceId, spanId: span?.id ?? null, name, note });
  }
  return { matches: [...found.values()], isSearching };
}
