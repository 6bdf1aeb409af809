import { type Client, CombinedError } from "@urql/core";
import { useEffect, useState } from "react";
import { useClient } from "urql";
import { readFilter } from "@/entities/logs/filter/readFilter";
import { graphql } from "@/gql";
import { allOf } from "@/lib/allOf";
import { askAnew } from "@/lib/askAnew";
import { type Failure, failure, failureOf } from "@/lib/failure";
import { useDebounced } from "@/lib/useDebounced";
import { useThrottledChange } from "@/lib/useThrottledChange";

const FoundSpansQuery = graphql(`
  query FoundSpans($projectId: ID!, $filter: String!, $first: Int!, $after: String) {
    project(id: $projectId) {
      id
      spans(filter: $filter, first: $first, after: $after) {
        nodes {
          id
        }
        pageInfo {
          endCursor
          hasNextPage
        }
      }
    }
  }
`);

const PAGE_SPANS = 1_000;
const RESTING_MS = 250;
/** What is written to half its end is judged only if nothing follows. */
const UNFINISHED_MS = 1_200;
const REFRESH_MS = 1_000;

type FoundSpansOptions = {
  /** Text of the query language; empty: nothing is asked. */
  filter: string;
  projectId: string;
  traceId: string;
  /** Grows with every change of the trace. */
  revision: number;
};

type Found = { ids: ReadonlySet<string> | null; failure: Failure | null };

const NOTHING: Found = { ids: null, failure: null };

/** The spans of a trace of which a filter is true, as the server judges it. */
export function useFoundSpans({ filter, projectId, traceId, revision }: FoundSpansOptions): Found {
  const client = useClient();
  const isWhole = !("problem" in readFilter(filter)) || /\bor\b/i.test(filter);
  const settled = useDebounced(filter, isWhole ? RESTING_MS : UNFINISHED_MS);
  const [found, setFound] = useState(NOTHING);
  const [round, setRound] = useState(0);
  // biome-ignore lint/correctness/useExhaustiveDependencies: a round more asks again
  useEffect(() => {
    if (settled === "") return;
    const mine = new AbortController();
    idsOf(client, { filter: settled, projectId, traceId }, mine.signal).then(
      (ids) => !mine.signal.aborted && setFound({ ids, failure: null }),
      (cause: unknown) => !mine.signal.aborted && setFound({ ids: null, failure: whyOf(cause) }),
    );
    return () => mine.abort();
  }, [client, settled, projectId, traceId, round]);
  useThrottledChange({
    revision,
    intervalMs: REFRESH_MS,
    onChange: () => {
      setRound(round + 1);
      return true;
    },
  });
  if (filter === "" && found !== NOTHING) setFound(NOTHING);
  return filter === "" ? NOTHING : found;
}

type Asked = Omit<FoundSpansOptions, "revision">;

async function idsOf(client: Client, { filter, projectId, traceId }: Asked, signal: AbortSignal): Promise<Set<string>> {
  const asked = { projectId, filter: `${OPEN}${filter}) AND trace_id = "${traceId}"`, first: PAGE_SPANS };
  const found = await allOf(async (after) => {
    signal.throwIfAborted();
    const { project } = await askAnew(client, FoundSpansQuery, { ...asked, after });
    return project?.spans ?? { nodes: [], pageInfo: { hasNextPage: false } };
  });
  return new Set(found.map(({ id }) => id));
}

const OPEN = "(";

/** The place that the server speaks of, within what was written. */
function whyOf(cause: unknown): Failure {
  if (!(cause instanceof CombinedError)) return failure(String(cause));
  const why = failureOf(cause);
  return { ...why, place: why.place && { ...why.place, at: Math.max(0, why.place.at - OPEN.length) } };
}
