import { Preview } from "@/entities/logs/cells";
import type { LogColumn, LogKind } from "@/entities/logs/logKind";
import { RECORDED, SPANNED } from "@/entities/logs/recordedColumns";
import { USUAL_FILTERS } from "@/entities/logs/recordedFields";
import { ThreadStatus } from "@/features/threads/ThreadStatus";
import { THREAD_FIELDS } from "@/features/threads/threadFields";
import { type DocumentType, graphql } from "@/gql";
import { formatCount } from "@/lib/format";

export const ThreadRowFragment = graphql(`
  fragment ThreadRow on Thread {
    id
    threadId
    status
    startTime
    endTime
    durationMs
    firstMessagePreview(chars: 240)
    lastMessagePreview(chars: 240)
    traceCount
    spanCount
    llmSpanCount
    source
    tags
    environment
    totalTokens
    cost
    providers
    feedbackScores {
      name
      value
    }
    comments {
      id
    }
    usage {
      key
      value
    }
    createdBy
    lastUpdatedAt
  }
`);

export type ThreadRow = DocumentType<typeof ThreadRowFragment>;

const COLUMNS: readonly LogColumn<ThreadRow>[] = [
  {
    id: "name",
    label: "Thread",
    width: 140,
    sort: "thread_id",
    text: (row) => row.threadId,
    cell: (row) => <strong>{row.threadId}</strong>,
  },
  {
    id: "status",
    label: "Status",
    width: 82,
    sort: "status",
    field: "status",
    text: (row) => row.status.toLowerCase(),
    cell: (row) => <ThreadStatus status={row.status} />,
  },
  RECORDED.start,
  {
    id: "first",
    label: "First message",
    width: 140,
    grows: true,
    text: (row) => row.firstMessagePreview,
    cell: (row) => <Preview text={row.firstMessagePreview} />,
  },
  {
    id: "last",
    label: "Last message",
    width: 140,
    grows: true,
    text: (row) => row.lastMessagePreview,
    cell: (row) => <Preview text={row.lastMessagePreview} />,
  },
  {
    id: "turns",
    label: "Turns",
    width: 64,
    isNumeric: true,
    // Two messages for every turn.
    sort: "messages",
    text: (row) => row.traceCount,
    cell: (row) => formatCount(row.traceCount),
  },
  { ...RECORDED.duration, width: 98 },
  RECORDED.tokens,
  RECORDED.cost,
  { ...RECORDED.tags, width: 100 },
  RECORDED.scores,
  {
    id: "comments",
    label: "Comments",
    width: 92,
    isNumeric: true,
    text: (row) => row.comments.length,
    cell: ({ comments }) => comments.length > 0 && formatCount(comments.length),
  },
  {
    id: "spans",
    label: "Spans",
    width: 72,
    isNumeric: true,
    isHidden: true,
    sort: "span_count",
    field: "span_count",
    text: (row) => row.spanCount,
    cell: (row) => formatCount(row.spanCount),
  },
  SPANNED.llmCalls,
  {
    id: "providers",
    label: "Providers",
    width: 130,
    field: "providers",
    isHidden: true,
    text: (row) => row.providers.join(", "),
    cell: (row) => row.providers.join(", "),
  },
  RECORDED.tokensIn,
  RECORDED.tokensOut,
  RECORDED.environment,
  RECORDED.source,
  RECORDED.end,
  RECORDED.createdBy,
  RECORDED.updated,
  RECORDED.id,
];

export const THREADS: LogKind<ThreadRow> = {
  id: "threads",
  one: "thread",
  many: "threads",
  columns: COLUMNS,
  fields: THREAD_FIELDS,
  example: "status:active AND messages > 4 AND cost > 0.1",
  usual: [
    { term: "status:active", label: "Going on" },
    { term: "status:inactive", label: "At rest" },
    ...USUAL_FILTERS,
    { term: "messages > 10", label: "More than five turns" },
    { term: "has:comments", label: "With comments" },
  ],
  nameOf: (row) => row.threadId,
  scoresOf: (row) => row.feedbackScores,
  spanScoresOf: null,
  valuesOf: null,
  derivedOf: null,
  entity: "THREAD",
};
