import { type DocumentType, graphql } from "@/gql";
import { askAnew } from "@/lib/askAnew";
import { download } from "@/lib/download";
import { createForgetfulClient } from "@/lib/graphqlClient";
import { type JsonValue, parseJson, writeJson } from "@/lib/json";

const ExportedTraceQuery = graphql(`
  query ExportedTrace($id: ID!, $first: Int!, $after: String, $withOwn: Boolean!) {
    trace(id: $id) {
      id
      projectId
      name
      startTime
      endTime
      durationMs
      input @include(if: $withOwn)
      output @include(if: $withOwn)
      metadata @include(if: $withOwn)
      tags
      threadId
      environment
      source
      error {
        exceptionType
        message
        traceback
      }
      usage {
        key
        value
      }
      cost
      feedbackScores {
        name
        value
        reason
        categoryName
        source
        createdBy
        lastUpdatedAt
      }
      comments {
        text
        createdAt
        createdBy
      }
      createdAt
      createdBy
      lastUpdatedAt
      spans(first: $first, after: $after) {
        nodes {
          id
          parentSpanId
          name
          type
          startTime
          endTime
          durationMs
          input
          output
          metadata
          tags
          model
          provider
          environment
          source
          error {
            exceptionType
            message
            traceback
          }
          usage {
            key
            value
          }
          cost
          feedbackScores {
            name
            value
            reason
            categoryName
            source
            createdBy
            lastUpdatedAt
          }
          comments {
            text
            createdAt
            createdBy
          }
          createdAt
          createdBy
          lastUpdatedAt
        }
        pageInfo {
          endCursor
          hasNextPage
        }
      }
    }
  }
`);

type Answer = DocumentType<typeof ExportedTraceQuery>;
type Recorded = { input?: string | null; output?: string | null; metadata?: string | null };

const PAGE_SPANS = 100;

/** A whole trace with its spans as a file. Says how many spans went in. */
export async function exportTrace(id: string): Promise<number> {
  const client = createForgetfulClient();
  const readPage = (after: string | null): Promise<Answer> =>
    askAnew(client, ExportedTraceQuery, { id, first: PAGE_SPANS, after, withOwn: after === null });
  const { trace } = await readPage(null);
  if (!trace) throw new Error("this trace does not exist, or it was deleted");
  const { spans: first, ...own } = trace;
  const spans = first.nodes.map(exactly);
  for (let { pageInfo } = first; pageInfo.hasNextPage && pageInfo.endCursor; ) {
    const page = (await readPage(pageInfo.endCursor)).trace?.spans;
    if (!page) throw new Error("the trace was deleted meanwhile");
    for (const span of page.nodes) spans.push(exactly(span));
    pageInfo = page.pageInfo;
  }
  download(`trace-${id}.json`, "application/json", `${writeJson({ ...exactly(own), spans })}\n`);
  return spans.length;
}

/** With its texts of JSON as the values that they stand for, digit by digit. */
function exactly(thing: Recorded): { [key: string]: JsonValue } {
  const { input, output, metadata, ...rest } = thing;
  const value = (text: string | null | undefined): JsonValue => (text == null ? null : parsed(text));
  const plain = parseJson(JSON.stringify(rest, (key, each) => (key === "__typename" ? undefined : each)));
  return {
    ...(plain as { [key: string]: JsonValue }),
    ...{ input: value(input), output: value(output), metadata: value(metadata) },
  };
}

function parsed(text: string): JsonValue {
  try {
    return parseJson(text);
  } catch {
    return text;
  }
}
