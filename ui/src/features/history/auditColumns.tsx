import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { Badge } from "@/components/Badge";
import { type ListColumn, RowNote, rowLink } from "@/components/ListTable";
import { Time } from "@/components/Time";
import type { AuditSearch } from "@/features/history/auditSearch";
import { ACTORS, summaryOf, THINGS } from "@/features/history/auditWords";
import { titleOf } from "@/features/history/changeWords";
import type { AuditEvent, AuditThing } from "@/features/history/useAuditLog";
import styles from "./AuditLog.module.css";

type AuditColumnsOptions = {
  workspace: string;
  search: AuditSearch;
  projectName: (projectId: string) => ReactNode;
  thingLink: (thing: AuditThing, name: ReactNode) => ReactNode;
};

export function auditColumns({
  workspace,
  search,
  projectName,
  thingLink,
}: AuditColumnsOptions): ListColumn<AuditEvent>[] {
  return [
    {
      label: "What",
      cell: (event) => (
        <>
          <Link
            to="/$workspace/audit-log"
            params={{ workspace }}
            search={{ ...search, at: event.position, history: undefined }}
            resetScroll={false}
            className={rowLink}
            data-action={event.kind.endsWith("_deleted") || undefined}
          >
            {titleOf(event.kind)}
          </Link>
          <RowNote>{summaryOf(event)}</RowNote>
          <p className={styles.brief}>
            {event.thing && <>{nameOf(event.thing)}, </>}
            by {event.principal}
          </p>
        </>
      ),
    },
    {
      label: "Of",
      width: "26%",
      isMinor: true,
      cell: ({ thing }) =>
        thing && (
          <div className={styles.thing}>
            <ThingName thing={thing} link={thingLink} />
            <RowNote>
              {THINGS[thing.kind]}
              {thing.projectId && thing.kind !== "PROJECT" && <> in {projectName(thing.projectId)}</>}
            </RowNote>
          </div>
        ),
    },
    { label: "By", width: "18%", isMinor: true, cell: (event) => <Who {...event} /> },
    {
      label: "When",
      width: "116px",
      isNumeric: true,
      cell: ({ time, position }) => (
        <div className={styles.when}>
          <Time at={time} style="relative" />
          <RowNote>
            <span title={`Position ${position} of the log`}>#{position}</span>
          </RowNote>
        </div>
      ),
    },
  ];
}

export const nameOf = (thing: AuditThing): string =>
  thing.name ?? (thing.id ? `${THINGS[thing.kind]} …${thing.id.slice(-6)}` : THINGS[thing.kind]);

type ThingNameProps = { thing: AuditThing; link: (thing: AuditThing, name: ReactNode) => ReactNode };

/** What a thing is called, and the way to it while it is there. */
export function ThingName({ thing, link }: ThingNameProps) {
  const name = nameOf(thing);
  if (!thing.isThere) return thing.id ? <s title="It is not there any more">{name}</s> : name;
  return <>{link(thing, name)}</>;
}

/** Who did it; a rule that did is named by the end of its id. */
export function Who({ principal, actor }: Pick<AuditEvent, "principal" | "actor">) {
  const told = ACTORS[actor];
  const name = actor === "RETENTION_RULE" ? `retention rule …${principal.slice(-6)}` : principal;
  return (
    <span className={styles.who} title={principal}>
      {name} {told && actor !== "RETENTION_RULE" && <Badge>{told}</Badge>}
    </span>
  );
}
