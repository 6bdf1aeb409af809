import type { ReactNode, RefObject } from "react";
import { useMutation } from "urql";
import { EmptyState } from "@/components/EmptyState";
import { Logs } from "@/entities/logs/Logs";
import type { LogsTableHandle } from "@/entities/logs/LogsTable";
import type { LogsSearch } from "@/entities/logs/logsSearch";
import { MetricStrip } from "@/entities/logs/MetricStrip";
import { TagsDialog } from "@/entities/logs/TagsDialog";
import { useLogs } from "@/entities/logs/useLogs";
import type { Selection } from "@/entities/logs/useSelection";
import { SPANS } from "@/features/spans/spanKind";
import { useSpanList } from "@/features/spans/useSpanList";
import { graphql } from "@/gql";

type SpanLogsProps = {
  projectId: string;
  projectName: string;
  search: LogsSearch;
  table: RefObject<LogsTableHandle | null>;
  /** What other features do with chosen spans. */
  actions?: (selection: Selection) => ReactNode;
  lead?: (columns: string) => ReactNode;
  onSearch: (change: LogsSearch) => void;
  onOpen: (traceId: string, spanId?: string | null) => void;
  onClose: () => void;
};

export function SpanLogs({ projectId, projectName, search, table, onSearch, onOpen, ...props }: SpanLogsProps) {
  const view = useLogs(SPANS, { search, table, onSearch });
  const rows = useSpanList(projectId, search, { isFollowing: view.isFollowing, paths: view.columns.parts.paths });
  return (
    <Logs
      {...{ view, rows, projectId, projectName, search, onSearch }}
      lead={props.lead}
      openId={search.span ?? null}
      empty={<EmptyState title="No spans yet">They come with the traces that are sent to this project.</EmptyState>}
      strip={<MetricStrip kind={SPANS} projectId={projectId} search={search} rows={rows} onSearch={onSearch} />}
      actions={(selection) => (
        <>
          {props.actions?.(selection)}
          <SpanTags ids={selection.ids} onTagged={rows.refresh} />
        </>
      )}
      onOpen={({ row }) => row && onOpen(row.traceId, row.id)}
      onClose={props.onClose}
    />
  );
}

const TagSpansMutation = graphql(`
  mutation TagSpans($ids: [ID!]!, $add: [String!]!, $remove: [String!]!) {
    tagSpans(ids: $ids, add: $add, remove: $remove)
  }
`);

function SpanTags({ ids, onTagged }: { ids: string[]; onTagged: () => void }) {
  const [, tagSpans] = useMutation(TagSpansMutation);
  const tag: typeof tagSpans = async (change) => {
    const answer = await tagSpans(change);
    if (!answer.error) onTagged();
    return answer;
  };
  return <TagsDialog kind={SPANS} ids={ids} tag={tag} />;
}
