import { type Client, CombinedError } from "@urql/core";
import { useEffect, useMemo, useState } from "react";
import type { TextMarks } from "@/features/traces/comparison/comparedSpan";
import { type DocumentType, graphql } from "@/gql";
import { askAnew } from "@/lib/askAnew";
import { type Failure, failure, failureOf } from "@/lib/failure";
import { createForgetfulClient } from "@/lib/graphqlClient";
import { textHash } from "@/lib/textHash";

const TextsQuery = graphql(`
  query ComparedTexts($traceId: ID!, $first: Int!, $after: String, $withOwn: Boolean!) {
    trace(id: $traceId) {
      id
      input @include(if: $withOwn)
      output @include(if: $withOwn)
      metadata @include(if: $withOwn)
      spans(first: $first, after: $after) {
        nodes {
          id
          input
          output
          metadata
        }
        pageInfo {
          endCursor
          hasNextPage
        }
      }
    }
  }
`);

const PAGE_SPANS = 250;
/** Of longer traces the texts of the first so many spans are compared. */
export const TEXTS_MAX = 5_000;

type State = { marks: ReadonlyMap<string, TextMarks>; isReading: boolean; isCut: boolean; failure: Failure | null };

const NOTHING: State = { marks: new Map(), isReading: true, isCut: false, failure: null };

/** Reads the texts of two traces to know which are equal, and keeps a mark of each text only. */
export function useTextMarks(leftId: string, rightId: string) {
  const left = useMarksOf(leftId);
  const right = useMarksOf(rightId);
  const marks = useMemo(() => new Map([...left.marks, ...right.marks]), [left.marks, right.marks]);
  return {
    marks,
    isReading: left.isReading || right.isReading,
    isCut: left.isCut || right.isCut,
    failure: left.failure ?? right.failure,
  };
}

function useMarksOf(traceId: string): State {
  const [state, setState] = useState(NOTHING);
  const client = useMemo(createForgetfulClient, []);
  useEffect(() => {
    let isWanted = true;
    const marks = new Map<string, TextMarks>();
    const read = async () => {
      let after: string | null = null;
      for (let page = 0; page * PAGE_SPANS < TEXTS_MAX; page += 1) {
        const { trace } = await readPage(client, { traceId, first: PAGE_SPANS, after, withOwn: page === 0 });
        if (!isWanted || !trace) return;
        if (page === 0) marks.set(trace.id, marksOf(trace));
        for (const span of trace.spans.nodes) marks.set(span.id, marksOf(span));
        const { hasNextPage, endCursor } = trace.spans.pageInfo;
        const isLast = (page + 1) * PAGE_SPANS >= TEXTS_MAX;
        setState({
          marks: new Map(marks),
          isReading: hasNextPage && !isLast,
          isCut: hasNextPage && isLast,
          failure: null,
        });
        if (!hasNextPage) return;
        after = endCursor ?? null;
      }
    };
    read().catch((cause: unknown) => {
      const why = cause instanceof CombinedError ? failureOf(cause) : failure(String(cause));
      if (isWanted) setState((old) => ({ ...old, isReading: false, failure: why }));
    });
    return () => {
      isWanted = false;
    };
  }, [client, traceId]);
  return state;
}

type Place = { traceId: string; first: number; after: string | null; withOwn: boolean };

const readPage = (client: Client, place: Place): Promise<DocumentType<typeof TextsQuery>> =>
  askAnew(client, TextsQuery, place);

type Texts = { input?: string | null; output?: string | null; metadata?: string | null };

function marksOf({ input, output, metadata }: Texts): TextMarks {
  const mark = (text: string | null | undefined) => (text == null ? "" : textHash(text));
  return { input: mark(input), output: mark(output), metadata: mark(metadata) };
}
