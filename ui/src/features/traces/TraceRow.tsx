import type { ReactNode } from "react";
import { Badge } from "@/components/Badge";
import { Time } from "@/components/Time";
import { type DocumentType, graphql } from "@/gql";
import { formatCost, formatCount, formatDuration, formatScore } from "@/lib/format";
import styles from "./TracesTable.module.css";

export const TraceRowFragment = graphql(`
  fragment TraceRow on Trace {
    id
    name
    startTime
    endTime
    durationMs
    inputPreview(chars: 240)
    outputPreview(chars: 240)
    tags
    threadId
    environment
    source
    error {
      exceptionType
      message
    }
    totalTokens
    cost
    spanCount
    llmSpanCount
    providers
    feedbackScores {
      name
      value
    }
    createdBy
    lastUpdatedAt
  }
`);

export type TraceRow = DocumentType<typeof TraceRowFragment>;

export type TraceColumn = {
  id: string;
  label: string;
  width: number;
  /** Takes a share of the width that is left. */
  grows?: boolean;
  isNumeric?: boolean;
  isHidden?: boolean;
  /** The field of the query language by which the server sorts. */
  sort?: string;
  cell: (row: TraceRow) => ReactNode;
};

const preview = (text: string | null | undefined) => (
  <span className={styles.preview}>{text?.replace(/\s+/g, " ")}</span>
);

export const TRACE_COLUMNS: readonly TraceColumn[] = [
  {
    id: "name",
    label: "Name",
    width: 170,
    sort: "name",
    cell: (row) => <strong className={styles.name}>{row.name ?? "unnamed"}</strong>,
  },
  {
    id: "start",
    label: "Start",
    width: 118,
    sort: "start_time",
    cell: (row) => <Time at={row.startTime} style="list" />,
  },
  { id: "input", label: "Input", width: 180, grows: true, cell: (row) => preview(row.inputPreview) },
  { id: "output", label: "Output", width: 180, grows: true, cell: (row) => preview(row.outputPreview) },
  {
    id: "errors",
    label: "Errors",
    width: 120,
    cell: ({ error }) =>
      error && (
        <Badge tone="danger" title={error.message ?? undefined}>
          {error.exceptionType}
        </Badge>
      ),
  },
  {
    id: "duration",
    label: "Duration",
    width: 92,
    isNumeric: true,
    sort: "duration",
    cell: (row) => (row.endTime ? formatDuration(row.durationMs) : <span className={styles.running}>running</span>),
  },
  {
    id: "tags",
    label: "Tags",
    width: 120,
    cell: (row) => row.tags.map((tag) => <Badge key={tag}>{tag}</Badge>),
  },
  {
    id: "tokens",
    label: "Tokens",
    width: 82,
    isNumeric: true,
    sort: "usage.total_tokens",
    cell: (row) => row.totalTokens != null && formatCount(row.totalTokens),
  },
  { id: "cost", label: "Cost", width: 82, isNumeric: true, sort: "cost", cell: (row) => formatCost(row.cost) },
  {
    id: "spans",
    label: "Spans",
    width: 72,
    isNumeric: true,
    sort: "span_count",
    cell: (row) => formatCount(row.spanCount),
  },
  {
    id: "llmCalls",
    label: "LLM calls",
    width: 86,
    isNumeric: true,
    isHidden: true,
    sort: "llm_span_count",
    cell: (row) => formatCount(row.llmSpanCount),
  },
  {
    id: "scores",
    label: "Feedback",
    width: 180,
    isHidden: true,
    cell: (row) =>
      row.feedbackScores.map((score) => (
        <Badge key={score.name}>
          {score.name} {formatScore(score.value)}
        </Badge>
      )),
  },
  { id: "providers", label: "Providers", width: 130, isHidden: true, cell: (row) => row.providers.join(", ") },
  { id: "environment", label: "Environment", width: 110, isHidden: true, cell: (row) => row.environment },
  { id: "thread", label: "Thread", width: 130, isHidden: true, cell: (row) => row.threadId },
  { id: "source", label: "Source", width: 80, isHidden: true, cell: (row) => row.source },
  {
    id: "end",
    label: "End",
    width: 118,
    isHidden: true,
    sort: "end_time",
    cell: (row) => row.endTime && <Time at={row.endTime} style="list" />,
  },
  { id: "createdBy", label: "Created by", width: 110, isHidden: true, cell: (row) => row.createdBy },
  {
    id: "updated",
    label: "Last updated",
    width: 118,
    isHidden: true,
    sort: "last_updated_at",
    cell: (row) => <Time at={row.lastUpdatedAt} style="relative" />,
  },
  { id: "id", label: "ID", width: 290, isHidden: true, cell: (row) => <code>{row.id}</code> },
];
