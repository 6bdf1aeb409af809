import type { Client } from "@urql/core";
import { useCallback, useEffect, useEffectEvent, useRef, useState } from "react";
import { useClient } from "urql";
import { isRare, useRowFacts } from "@/features/spans/rowFacts";
import { type DocumentType, graphql, readFragment } from "@/gql";
import { type Failure, failure, failureOf } from "@/lib/failure";
import { useThrottledChange } from "@/lib/useThrottledChange";

export const TreeSpanFragment = graphql(`
  fragment TreeSpan on Span {
    id
    parentSpanId
    name
    type
    startTime
    endTime
    durationMs
    totalTokens
    cost
    model
    provider
    error {
      exceptionType
    }
    usage @include(if: $withRare) {
      key
      value
    }
    tags @include(if: $withRare)
    feedbackScores @include(if: $withRare) {
      name
      value
    }
    guardrailChecks @include(if: $withRare) {
      name
      passed
    }
    comments @include(if: $withRare) {
      id
    }
  }
`);

const SpansPageQuery = graphql(`
  query TraceSpansPage($traceId: ID!, $first: Int!, $after: String, $withRare: Boolean!) {
    trace(id: $traceId) {
      id
      spans(first: $first, after: $after) {
        nodes {
          ...TreeSpan
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

export type TraceSpan = DocumentType<typeof TreeSpanFragment>;

const PAGE_SPANS = 500;
/** So many are read without being asked; the button below the tree reads as many again. */
const SPANS_AT_ONCE = 20_000;
const REFRESH_MS = 1_000;

type SpanPage = {
  after: string | null;
  endCursor: string | null;
  spans: readonly TraceSpan[];
  hasNextPage: boolean;
  totalCount: number;
};

type State = {
  spans: readonly TraceSpan[];
  totalCount: number | null;
  hasMore: boolean;
  isLoading: boolean;
  failure: Failure | null;
};

const NOTHING: State = { spans: [], totalCount: null, hasMore: false, isLoading: true, failure: null };

/** All spans of a trace, page by page; read again where they can have changed when `revision` grows. */
export const useTraceSpans = (traceId: string, revision: number) => useSpansFrom(useClient(), traceId, revision);

export type ReadSpans = ReturnType<typeof useTraceSpans>;

/** Null: nothing is read. */
export function useSpansFrom(client: Client | null, traceId: string, revision: number) {
  const [state, setState] = useState<State>(NOTHING);
  const pages = useRef<SpanPage[]>([]);
  const reading = useRef<AbortController | null>(null);
  const withRare = useRowFacts().shown.some(isRare);

  const publish = useCallback((change: Partial<State>) => {
    // By id: a page that is read again may overlap its neighbours.
    const spans = new Map(pages.current.flatMap((page) => page.spans.map((span) => [span.id, span] as const)));
    const last = pages.current.at(-1);
    setState((old) => ({
      ...old,
      spans: [...spans.values()],
      totalCount: last?.totalCount ?? null,
      hasMore: last?.hasNextPage ?? false,
      ...change,
    }));
  }, []);

  const readOn = useEffectEvent(async (limit: number) => {
    reading.current?.abort();
    const mine = new AbortController();
    reading.current = mine;
    if (!client) return;
    const asked = { client, traceId, withRare };
    publish({ isLoading: true, failure: null });
    try {
      await rereadPages(asked, pages.current, mine.signal);
      for (;;) {
        const last = pages.current.at(-1);
        if (mine.signal.aborted) return;
        if (last && (!last.hasNextPage || pages.current.length * PAGE_SPANS >= limit)) break;
        const page = await readPage(asked, last?.endCursor ?? null);
        if (mine.signal.aborted) return;
        pages.current.push(page);
        publish({});
      }
      publish({ isLoading: false });
    } catch (cause) {
      if (mine.signal.aborted) return;
      publish({ isLoading: false, failure: cause instanceof ReadFailure ? cause.failure : failure(String(cause)) });
    } finally {
      if (reading.current === mine) reading.current = null;
    }
  });

  const limit = useRef(SPANS_AT_ONCE);
  // biome-ignore lint/correctness/useExhaustiveDependencies: another trace or moment starts from nothing
  useEffect(() => {
    pages.current = [];
    limit.current = SPANS_AT_ONCE;
    setState(NOTHING);
    readOn(limit.current);
    return () => reading.current?.abort();
  }, [client, traceId]);

  useThrottledChange({
    revision,
    intervalMs: REFRESH_MS,
    // A long trace is read for longer than an interval: it is read to its end before it is read again.
    onChange: () => {
      if (reading.current) return false;
      readOn(limit.current);
      return true;
    },
  });

  const [asked, setAsked] = useState(0);
  const readFor = useRef({ asked, withRare });
  useEffect(() => {
    const { asked: askedBefore, withRare: hadRare } = readFor.current;
    readFor.current = { asked, withRare };
    if (asked !== askedBefore || (withRare && !hadRare)) readOn(limit.current);
  }, [asked, withRare]);
  const onMore = () => {
    limit.current = Math.max(limit.current, pages.current.length * PAGE_SPANS) + SPANS_AT_ONCE;
    setAsked(asked + 1);
  };
  return { ...state, revision, onMore, onRetry: () => setAsked(asked + 1) };
}

class ReadFailure extends Error {
  readonly failure: Failure;
  constructor(failure: Failure) {
    super(failure.message);
    this.failure = failure;
  }
}

type Asked = { client: Client; traceId: string; withRare: boolean };

async function readPage({ client, ...asked }: Asked, after: string | null): Promise<SpanPage> {
  const result = await client
    .query(SpansPageQuery, { ...asked, first: PAGE_SPANS, after }, { requestPolicy: "network-only" })
    .toPromise();
  if (result.error) throw new ReadFailure(failureOf(result.error));
  if (!result.data?.trace) throw new ReadFailure(failure("this trace does not exist, or it was deleted"));
  const { nodes, pageInfo, totalCount } = result.data.trace.spans;
  const spans = nodes.map((node) => readFragment(TreeSpanFragment, node));
  return { after, endCursor: pageInfo.endCursor ?? null, spans, hasNextPage: pageInfo.hasNextPage, totalCount };
}

/**
 * Of spans that have ended only what is said of them changes, and new ones come last: without that, whole pages of ended
 * spans are left alone.
 */
async function rereadPages(asked: Asked, pages: SpanPage[], signal: AbortSignal): Promise<void> {
  for (const [index, page] of pages.entries()) {
    const isOpen = index === pages.length - 1 || page.spans.some((span) => !span.endTime);
    if (!(isOpen || asked.withRare) || signal.aborted) continue;
    const fresh = await readPage(asked, page.after);
    // The place of the page stays: its successor was read from the old end.
    if (!signal.aborted)
      pages[index] =
        index === pages.length - 1 ? fresh : { ...fresh, endCursor: page.endCursor, hasNextPage: page.hasNextPage };
  }
}
