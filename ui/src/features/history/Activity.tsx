import { Link } from "@tanstack/react-router";
import { type ReactNode, useRef } from "react";
import { Badge } from "@/components/Badge";
import { Found } from "@/components/Found";
import { type ListColumn, ListTable, RowNote, rowControl } from "@/components/ListTable";
import { Time } from "@/components/Time";
import { type DoneLine, doneLines } from "@/features/history/activity";
import { nameOf, ThingName, Who } from "@/features/history/auditColumns";
import { summaryOf, THINGS } from "@/features/history/auditWords";
import { titleOf } from "@/features/history/changeWords";
import { UndoChange } from "@/features/history/UndoChange";
import { type AuditEvent, type AuditThing, useAuditLog } from "@/features/history/useAuditLog";
import type { AuditFilter, AuditThingKind } from "@/gql/graphql";
import { formatAmount } from "@/lib/format";
import styles from "./Activity.module.css";

type ActivityProps = {
  workspace: string;
  /** What of all that was done. */
  filter: AuditFilter;
  /** Only what is about a thing of this kind, in a list that is of one thing. */
  kind?: AuditThingKind;
  /** The way to a thing, around its name; without one where there is no page of it. */
  thingLink: (thing: AuditThing, name: ReactNode) => ReactNode;
  /** What is said where nobody has done anything. */
  children: ReactNode;
};

/** What was done, newest first: who, when and to what, with the way to it and the way back. It follows the log. */
export function Activity({ workspace, filter, kind, thingLink, children }: ActivityProps) {
  const log = useAuditLog(filter, kind);
  const table = useRef<HTMLDivElement>(null);
  // The button that was pressed goes away; whoever pressed it stays with the list.
  const onUndone = () => table.current?.focus({ preventScroll: true });
  return (
    <Found what="activity" value={log.failure ? null : log.list} failure={log.failure} onRetry={log.refresh}>
      {({ items, hasNextPage }) =>
        items.length === 0 && !hasNextPage ? (
          children
        ) : (
          <div ref={table} tabIndex={-1} className={styles.activity}>
            <ListTable
              label="What was done, newest first"
              columns={columnsOf({ workspace, kind, thingLink, onUndone })}
              rows={doneLines(items)}
              keyOf={({ id }) => id}
              isBusy={log.isLoading}
              more={log.isFull ? null : log.more}
            />
          </div>
        )
      }
    </Found>
  );
}

type Line = DoneLine<AuditEvent>;
type ColumnsOptions = Pick<ActivityProps, "workspace" | "kind" | "thingLink"> & { onUndone: () => void };

function columnsOf({ workspace, kind, thingLink, onUndone }: ColumnsOptions): ListColumn<Line>[] {
  const of: ListColumn<Line> = {
    label: "Of",
    isMinor: true,
    cell: ({ event: { thing }, count }) =>
      thing && (
        <div className={styles.thing}>
          <ThingName thing={thing} link={thingLink} />
          <RowNote>{count > 1 ? `${THINGS[thing.kind]}, and others` : THINGS[thing.kind]}</RowNote>
        </div>
      ),
  };
  return [
    {
      label: "What",
      cell: ({ event, count, isUndone }) => (
        <div className={styles.what} data-undone={isUndone || undefined}>
          <Link to="/$workspace/audit-log" params={{ workspace }} search={wayTo(event, count)} className={styles.title}>
            {titleOf(event.kind)}
          </Link>{" "}
          {count > 1 && <Badge>{formatAmount(count, { one: "time", many: "times" })}</Badge>}
          {isUndone && <Badge title="It was taken back and counts for nothing">undone</Badge>}
          {count === 1 && <RowNote>{summaryOf(event)}</RowNote>}
          <p className={styles.brief}>
            {kind === undefined && event.thing && <>{nameOf(event.thing)}, </>}
            by {event.principal}, <Time at={event.time} style="relative" />
          </p>
        </div>
      ),
    },
    ...(kind === undefined ? [of] : []),
    { label: "By", isMinor: true, cell: ({ event }) => <Who {...event} /> },
    {
      label: "When",
      isNumeric: true,
      isMinor: true,
      cell: ({ event }) => (
        <span className={styles.when}>
          <Time at={event.time} style="relative" />
        </span>
      ),
    },
    {
      label: "",
      isNumeric: true,
      cell: ({ event, count, isUndone }) =>
        event.isUndoable &&
        !isUndone && (
          <div className={rowControl}>
            <UndoChange
              change={event}
              request={count > 1 ? event.request : undefined}
              noun={event.thing ? THINGS[event.thing.kind] : "thing"}
              title={titleOf(event.kind)}
              act={count > 1 ? "Undo all" : "Undo"}
              onUndone={onUndone}
            />
          </div>
        ),
    },
  ];
}

/** One event is opened; of several the list of them all. */
const wayTo = (event: AuditEvent, count: number) =>
  count > 1 ? { request: event.request } : { request: event.request, at: event.position };
