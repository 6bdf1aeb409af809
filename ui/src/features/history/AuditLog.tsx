import { ArrowUp, Terminal } from "lucide-react";
import { type ReactNode, useRef, useState } from "react";
import { Button } from "@/components/Button";
import { EmptyState } from "@/components/EmptyState";
import { Found } from "@/components/Found";
import { LongTable, type LongTableHandle } from "@/components/LongTable";
import { Page } from "@/components/Page";
import { AuditEventDialog } from "@/features/history/AuditEventDialog";
import { AuditExportDialog } from "@/features/history/AuditExportDialog";
import { AuditFilters } from "@/features/history/AuditFilters";
import { AuditSeal } from "@/features/history/AuditSeal";
import { auditColumns } from "@/features/history/auditColumns";
import { type AuditSearch, filterOf, isNarrowed } from "@/features/history/auditSearch";
import { type AuditList, type AuditThing, EVENTS_MAX, useAuditLog } from "@/features/history/useAuditLog";
import { formatCount } from "@/lib/format";
import { useHotkeys } from "@/lib/hotkeys";
import styles from "./AuditLog.module.css";

type AuditLogProps = {
  workspace: string;
  search: AuditSearch;
  /** How a project is called that something belongs to. */
  projectName: (projectId: string) => ReactNode;
  /** The way to a thing, around its name; without one where there is no page of it. */
  thingLink: (thing: AuditThing, name: ReactNode) => ReactNode;
  onSearch: (search: AuditSearch) => void;
};

/** Who did what in a workspace, and when; newest first, with what proves it. */
export function AuditLog({ workspace, search, projectName, thingLink, onSearch }: AuditLogProps) {
  const log = useAuditLog(filterOf(search));
  const { list, failure } = log;
  const [isExporting, setExporting] = useState(false);
  const table = useRef<LongTableHandle>(null);
  const move = (by: number) => () => table.current?.move(by);
  useHotkeys({ j: move(1), k: move(-1), ArrowDown: move(1), ArrowUp: move(-1) });
  const items = list?.items ?? [];
  const place = items.findIndex(({ position }) => position === search.at);
  const step = (by: number) => {
    const next = place < 0 ? undefined : items[place + by];
    return next ? () => onSearch({ ...search, at: next.position, history: undefined }) : null;
  };
  return (
    <Page
      isWide
      title="Audit log"
      about={<AuditSeal />}
      actions={
        <Button onPress={() => setExporting(true)}>
          <Terminal aria-hidden /> Export…
        </Button>
      }
    >
      <AuditFilters search={search} onSearch={onSearch} />
      <Found what="audit log" value={failure ? null : list} failure={failure} onRetry={log.refresh}>
        {({ items, hasNextPage, endCursor }) => (
          <>
            {log.hasMuchNewer && (
              <div className={styles.newer}>
                <Button kind="primary" onPress={log.refresh}>
                  <ArrowUp aria-hidden /> Much has happened since: show the newest
                </Button>
              </div>
            )}
            {items.length === 0 ? (
              <NothingFound
                reached={hasNextPage ? endCursor : null}
                isNarrowed={isNarrowed(search)}
                isLoading={log.isLoadingMore}
                onMore={log.loadMore}
                onAll={() => onSearch({})}
              />
            ) : (
              <LongTable
                label="What happened, newest first"
                columns={auditColumns({ workspace, search, projectName, thingLink })}
                rows={items}
                keyOf={({ id }) => id}
                isBusy={log.isLoading}
                handle={table}
                foot={hasNextPage ? <Further {...log} reached={endCursor} /> : null}
                onEnd={log.goOn}
              />
            )}
          </>
        )}
      </Found>
      {/* It lies over the list: what went wrong is told once, and tried again in one place. */}
      <AuditEventDialog
        isOpen={list !== null && !failure && search.at !== undefined}
        {...{ search, onSearch, projectName, thingLink }}
        onNewer={step(-1)}
        onOlder={step(1)}
        onClosed={(position) => table.current?.focus(position)}
      />
      <AuditExportDialog {...{ workspace, search }} isOpen={isExporting} onOpenChange={setExporting} />
    </Page>
  );
}

type NothingFoundProps = {
  /** How far back one looked; null if to the beginning. */
  reached: string | null;
  isNarrowed: boolean;
  isLoading: boolean;
  onMore: () => void;
  onAll: () => void;
};

function NothingFound({ reached, isNarrowed, isLoading, onMore, onAll }: NothingFoundProps) {
  const all = isNarrowed && <Button onPress={onAll}>Show everything</Button>;
  if (reached !== null) {
    const more = (
      <Button kind="primary" onPress={onMore} isDisabled={isLoading}>
        {isLoading ? "Looking…" : "Look further back"}
      </Button>
    );
    return (
      <EmptyState
        title="Nothing found so far"
        actions={
          <>
            {more}
            {all}
          </>
        }
      >
        The log was looked through back to position {formatCount(Number(reached))}.
      </EmptyState>
    );
  }
  return (
    <EmptyState title={isNarrowed ? "No event is like this" : "Nothing has happened yet"} actions={all}>
      {isNarrowed
        ? "Nothing in the whole log is what you ask for."
        : "Whatever is recorded, changed or deleted in this workspace is told here."}
    </EmptyState>
  );
}

type FurtherProps = Pick<AuditList, "isFull" | "isLoadingMore" | "moreFailure" | "isIdle" | "loadMore"> & {
  reached: string | null;
};

/** What comes after the last event that was found. */
function Further({ isFull, isLoadingMore, moreFailure, isIdle, loadMore, reached }: FurtherProps) {
  if (isFull) return `The newest ${formatCount(EVENTS_MAX)} events are here. Narrow them down to reach the others.`;
  if (isLoadingMore) return <span role="status">Looking further back…</span>;
  if (moreFailure) {
    return (
      <>
        <span role="alert">{moreFailure.message}</span>
        <Button onPress={loadMore}>Try again</Button>
      </>
    );
  }
  if (!isIdle) return null;
  return (
    <>
      <span>Nothing more was found back to position {formatCount(Number(reached))}.</span>
      <Button onPress={loadMore}>Look further back</Button>
    </>
  );
}
