import { ACTIONS, AREAS } from "@/features/history/auditWords";
import type { AuditAction, AuditArea, AuditFilter } from "@/gql/graphql";
import { timeOf } from "@/lib/localTime";

// What of the audit log is shown, as the address keeps it. Pure.

export type AuditSearch = {
  /** `decisions`: without what applications record. */
  events?: string | undefined;
  area?: string | undefined;
  action?: string | undefined;
  who?: string | undefined;
  from?: string | undefined;
  until?: string | undefined;
  /** All that one request did; all about one thing. */
  request?: string | undefined;
  thing?: string | undefined;
  /** The position of the event that is open, and what of the history of its thing is shown. */
  at?: string | undefined;
  history?: string | undefined;
};

const keyOf = <Key extends string>(names: Record<Key, string>, value: string | undefined): Key | undefined =>
  (Object.keys(names) as Key[]).find((key) => key.toLowerCase() === value);

export const areaOf = ({ area }: AuditSearch): AuditArea | undefined => keyOf(AREAS, area);
export const actionOf = ({ action }: AuditSearch): AuditAction | undefined => keyOf(ACTIONS, action);
export const showsDecisions = ({ events }: AuditSearch): boolean => events === "decisions";

const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
const idOf = (text: string | undefined) => (text && UUID.test(text) ? text : null);

/** An address that somebody wrote by hand may name a time that is none. */
export function filterOf(search: AuditSearch): AuditFilter {
  const [area, action] = [areaOf(search), actionOf(search)];
  return {
    areas: area ? [area] : null,
    actions: action ? [action] : null,
    decisions: showsDecisions(search) || null,
    principal: search.who ?? null,
    from: timeOf(search.from),
    until: timeOf(search.until),
    request: idOf(search.request),
    thing: idOf(search.thing),
  };
}

/** Whether something is left out; what is open does not count. */
export const isNarrowed = (search: AuditSearch): boolean =>
  Object.values(filterOf(search)).some((value) => value !== null);

const quoted = (text: string) => (/^[\w.-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`);

/** The command that prints the trail of the same time; it knows of no other narrowing. */
export function exportCommand(workspace: string, search: AuditSearch): string {
  const { from, until } = filterOf(search);
  return [
    "cairn audit --export --data ./data",
    workspace !== "default" && `--workspace ${quoted(workspace)}`,
    from && `--from ${from}`,
    until && `--until ${until}`,
    "> trail.jsonl",
  ]
    .filter(Boolean)
    .join(" ");
}
