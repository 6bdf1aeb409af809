import { useQuery } from "urql";
import { changeOf } from "@/features/history/useHistory";
import { graphql } from "@/gql";
import { failureOf } from "@/lib/failure";

const AuditEventQuery = graphql(`
  query AuditEvent($position: Position!) {
    auditEvent(position: $position) {
      position
      time
      principal
      actor
      request
      kind
      action
      thing {
        kind
        id
        name
        projectId
        within
        isThere
      }
      isErased
      undoes
      isUndoable
      change {
        ...HistoryChange
      }
    }
  }
`);

/** One event with what it changed; nothing while it is read, null where the log has none. */
export function useAuditEvent(position: string | undefined) {
  const isPosition = /^\d+$/.test(position ?? "");
  const [{ data, error, fetching }, read] = useQuery({
    query: AuditEventQuery,
    variables: { position: position ?? "" },
    pause: !isPosition,
    requestPolicy: "cache-and-network",
  });
  const found = data?.auditEvent;
  const known = found && found.position === position ? found : undefined;
  const isMissing = position !== undefined && (!isPosition || (!fetching && found === null));
  return {
    event: known ? { ...known, change: known.change ? changeOf(known.change) : null } : isMissing ? null : undefined,
    failure: error && !known ? failureOf(error) : null,
    refresh: () => read({ requestPolicy: "network-only" }),
  };
}

export type ToldEvent = NonNullable<ReturnType<typeof useAuditEvent>["event"]>;
