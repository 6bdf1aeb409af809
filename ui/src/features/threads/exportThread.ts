import type { ChatMessage, ChatPart } from "@/entities/chat/recogniseChat";
import { answeredIn, askedIn } from "@/features/threads/messages";
import { type DocumentType, graphql } from "@/gql";
import { allOf } from "@/lib/allOf";
import { askAnew } from "@/lib/askAnew";
import { writeCsv } from "@/lib/csv";
import { download } from "@/lib/download";
import { formatAmount } from "@/lib/format";
import { createForgetfulClient } from "@/lib/graphqlClient";
import { writeJson } from "@/lib/json";
import { exactly, plainly, problemOf } from "@/lib/recorded";

const ExportedThreadQuery = graphql(`
  query ExportedThread($id: ID!, $first: Int!, $after: String) {
    thread(id: $id) {
      id
      threadId
      projectId
      status
      startTime
      endTime
      durationMs
      traceCount
      messageCount
      tags
      environment
      source
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
      traces(first: $first, after: $after) {
        nodes {
          id
          name
          startTime
          endTime
          durationMs
          input
          output
          metadata
          tags
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
        }
        pageInfo {
          endCursor
          hasNextPage
        }
      }
    }
  }
`);

type ExportedThread = NonNullable<DocumentType<typeof ExportedThreadQuery>["thread"]>;
type ExportedTurn = ExportedThread["traces"]["nodes"][number];

/** Each may bring all that was said before along with it. */
const PAGE_TURNS = 25;

/** A whole conversation as a file; as CSV, a row for each message as it is read on the page. Says what went in. */
export async function exportThread(id: string, format: "json" | "csv"): Promise<string> {
  const { own, turns } = await readWhole(id);
  if (format === "json") {
    const whole = { ...plainly(own), traces: turns.map(exactly) };
    download(`thread-${id}.json`, "application/json", `${writeJson(whole)}\n`);
    return formatAmount(turns.length, { one: "turn", many: "turns" });
  }
  const rows = turns.flatMap(rowsOf);
  const heads = ["turn", "trace_id", "start_time", "end_time", "role", "message", "error"];
  download(`thread-${id}.csv`, "text/csv", writeCsv([heads, ...rows]));
  return formatAmount(rows.length, { one: "message", many: "messages" });
}

async function readWhole(id: string): Promise<{ own: Omit<ExportedThread, "traces">; turns: ExportedTurn[] }> {
  const client = createForgetfulClient();
  let own: Omit<ExportedThread, "traces"> | undefined;
  const turns = await allOf(async (after) => {
    const { thread } = await askAnew(client, ExportedThreadQuery, { id, first: PAGE_TURNS, after });
    if (!thread) throw new Error("this thread does not exist, or it was deleted");
    const { traces: page, ...rest } = thread;
    own ??= rest;
    return page;
  });
  if (!own) throw new Error("the server sent no answer");
  return { own, turns };
}

/** A turn that failed has said nothing, and is told of all the same. */
function rowsOf({ id, startTime, endTime, input, output, error }: ExportedTurn, index: number) {
  const why = problemOf(error);
  const row = ({ role, parts }: ChatMessage, problem: string | null | undefined) =>
    [index + 1, id, startTime, endTime, role, parts.map(textOf).join("\n"), problem] as const;
  const answered = output ? answeredIn(output) : [];
  const failed: ChatMessage[] = answered.length === 0 && why ? [{ role: "assistant", name: null, parts: [] }] : [];
  return [
    ...(input ? askedIn(input) : []).map((message) => row(message, null)),
    ...[...answered, ...failed].map((message) => row(message, why)),
  ];
}

function textOf(part: ChatPart): string {
  switch (part.kind) {
    case "text":
    case "thinking":
      return part.text;
    case "media":
      return `[${part.media.medium} ${part.media.name ?? ""}]`.replace(" ]", "]");
    case "toolCall":
      return `${part.name}(${writeJson(part.arguments)})`;
    case "toolResult":
      return typeof part.content === "string" ? part.content : writeJson(part.content);
    case "other":
      return writeJson(part.value);
  }
}
