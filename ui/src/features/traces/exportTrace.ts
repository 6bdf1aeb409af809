import { type DocumentType, graphql } from "@/gql";
import { allOf } from "@/lib/allOf";
import { askAnew } from "@/lib/askAnew";
import { writeCsv } from "@/lib/csv";
import { download } from "@/lib/download";
import { formatAmount } from "@/lib/format";
import { createForgetfulClient } from "@/lib/graphqlClient";
import { writeJson } from "@/lib/json";
import { exactly, problemOf } from "@/lib/recorded";

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

type ExportedTrace = NonNullable<DocumentType<typeof ExportedTraceQuery>["trace"]>;
type ExportedSpan = ExportedTrace["spans"]["nodes"][number];

const PAGE_SPANS = 100;

/** A whole trace with its spans as a file; as CSV, a row for each span. Says what went in. */
export async function exportTrace(id: string, format: "json" | "csv"): Promise<string> {
  const { own, spans } = await readWhole(id);
  if (format === "csv") download(`trace-${id}.csv`, "text/csv", writeCsv([Object.keys(COLUMNS), ...spans.map(rowOf)]));
  else {
    const whole = { ...exactly(own), spans: spans.map(exactly) };
    download(`trace-${id}.json`, "application/json", `${writeJson(whole)}\n`);
  }
  return formatAmount(spans.length, { one: "span", many: "spans" });
}

async function readWhole(id: string): Promise<{ own: Omit<ExportedTrace, "spans">; spans: ExportedSpan[] }> {
  const client = createForgetfulClient();
  let own: Omit<ExportedTrace, "spans"> | undefined;
  const spans = await allOf(async (after) => {
    const asked = { id, first: PAGE_SPANS, after, withOwn: after === null };
    const { trace } = await askAnew(client, ExportedTraceQuery, asked);
    if (!trace) throw new Error("this trace does not exist, or it was deleted");
    const { spans: page, ...rest } = trace;
    own ??= rest;
    return page;
  });
  if (!own) throw new Error("the server sent no answer");
  return { own, spans };
}

const COLUMNS: Record<string, (span: ExportedSpan) => string | number | null | undefined> = {
  id: ({ id }) => id,
  parent_span_id: ({ parentSpanId }) => parentSpanId,
  name: ({ name }) => name,
  type: ({ type }) => type.toLowerCase(),
  start_time: ({ startTime }) => startTime,
  end_time: ({ endTime }) => endTime,
  duration_ms: ({ durationMs }) => durationMs,
  model: ({ model }) => model,
  provider: ({ provider }) => provider,
  total_tokens: ({ usage }) => usage.find(({ key }) => key === "total_tokens")?.value,
  cost: ({ cost }) => cost,
  error: ({ error }) => problemOf(error),
  tags: ({ tags }) => tags.join(", "),
  feedback_scores: ({ feedbackScores }) => feedbackScores.map(({ name, value }) => `${name} ${value}`).join(", "),
  input: ({ input }) => input,
  output: ({ output }) => output,
  metadata: ({ metadata }) => metadata,
};

const rowOf = (span: ExportedSpan) => Object.values(COLUMNS).map((read) => read(span));
