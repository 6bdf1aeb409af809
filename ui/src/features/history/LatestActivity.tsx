import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { Badge } from "@/components/Badge";
import { ShortList, ShortRow } from "@/components/ShortList";
import { Time } from "@/components/Time";
import styles from "@/features/history/Activity.module.css";
import { doneLines } from "@/features/history/activity";
import { ThingName, Who } from "@/features/history/auditColumns";
import { THINGS } from "@/features/history/auditWords";
import { titleOf } from "@/features/history/changeWords";
import { type AuditThing, useAuditLog } from "@/features/history/useAuditLog";
import { formatAmount } from "@/lib/format";

type LatestActivityProps = {
  workspace: string;
  projectId: string;
  /** The way to a thing, around its name; without one where there is no page of it. */
  thingLink: (thing: AuditThing, name: ReactNode) => ReactNode;
};

const SHOWN = 10;

/** What people did last in a project. */
export function LatestActivity({ workspace, projectId, thingLink }: LatestActivityProps) {
  const { list, failure, refresh } = useAuditLog({ projectId, decisions: true });
  return (
    <ShortList
      title="Recent activity"
      what="activity"
      way={
        <Link to="/$workspace/projects/$projectId/activity" params={{ workspace, projectId }} search={{}}>
          All activity
        </Link>
      }
      items={list && doneLines(list.items).slice(0, SHOWN)}
      {...{ failure, onRetry: refresh }}
      empty="Nothing was done yet."
      keyOf={({ id }) => id}
    >
      {({ event, count, isUndone }) => (
        <ShortRow
          name={
            <span className={styles.what} data-undone={isUndone || undefined}>
              <span className={styles.title}>{titleOf(event.kind)}</span>{" "}
              {count > 1 && <Badge>{formatAmount(count, { one: "time", many: "times" })}</Badge>}
              {isUndone && <Badge title="It was taken back and counts for nothing">undone</Badge>}
            </span>
          }
          note={
            event.thing && (
              <>
                {THINGS[event.thing.kind]} <ThingName thing={event.thing} link={thingLink} />
                {count > 1 && ", and others"}
              </>
            )
          }
        >
          <Who {...event} /> <Time at={event.time} style="relative" />
        </ShortRow>
      )}
    </ShortList>
  );
}
