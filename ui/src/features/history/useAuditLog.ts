import { useRef, useState } from "react";
import { useClient } from "urql";
import { type DocumentType, graphql } from "@/gql";
import type { AuditFilter, AuditThingKind } from "@/gql/graphql";
import { askAnew } from "@/lib/askAnew";
import { useChanges } from "@/lib/useChanges";
import { type LoadedPage, useLiveList } from "@/lib/useLiveList";

const AuditPageQuery = graphql(`
  query AuditPage($filter: AuditFilter, $first: Int!, $before: Position) {
    auditEvents(filter: $filter, first: $first, before: $before) {
      nodes {
        position
        time
        principal
        actor
        request
        kind
        thing {
          kind
          id
          name
          projectId
          within
          isThere
        }
        said {
          field
          value
          isShortened
        }
        saidOmitted
        isLong
        isErased
        undoes
        isUndoable
      }
      reached
      isComplete
      position
    }
  }
`);

type Node = DocumentType<typeof AuditPageQuery>["auditEvents"]["nodes"][number];
export type AuditEvent = Node & { id: string };
export type AuditThing = NonNullable<Node["thing"]>;

const PAGE_EVENTS = 100;
/** So many are listed at most. */
export const EVENTS_MAX = 20_000;
/** Stretches of the log that are looked through at once before somebody is asked whether to go on. */
const STRETCHES_AT_ONCE = 5;

const byNewest = (one: AuditEvent, other: AuditEvent) => Number(other.position) - Number(one.position);

/** What happened in the workspace, to things of a kind or to all, newest first; it follows the log. */
export function useAuditLog(filter: AuditFilter, kind?: AuditThingKind) {
  const client = useClient();
  const load = async (from: string | null): Promise<LoadedPage<AuditEvent>> => {
    let before = from;
    for (let stretch = 1; ; stretch += 1) {
      const data = await askAnew(client, AuditPageQuery, { filter, first: PAGE_EVENTS, before });
      const { isComplete, reached, position } = data.auditEvents;
      const nodes = data.auditEvents.nodes.filter(({ thing }) => kind === undefined || thing?.kind === kind);
      before = reached;
      if (nodes.length > 0 || isComplete || stretch === STRETCHES_AT_ONCE) {
        const items = nodes.map((node) => ({ ...node, id: node.position }));
        return { items, hasNextPage: !isComplete, endCursor: reached, totalCount: items.length, position };
      }
    }
  };
  const key = JSON.stringify([filter, kind]);
  const list = useLiveList({ key, load });
  // So much came at once that what lies between was not read; then one reads anew, when one wants to.
  const [beyond, setBeyond] = useState<string | null>(null);
  const followed = useRef({ key, position: 0 });
  const follow = async () => {
    if (!list.list || list.isLoading || list.isLoadingMore) return;
    const page = await load(null).catch(() => null);
    if (!page) return;
    const further = followed.current.key === key ? followed.current.position : 0;
    const known = Math.max(Number(list.position), further);
    if (page.hasNextPage && Number(page.endCursor) > known + 1) return setBeyond(key);
    followed.current = { key, position: Number(page.position) };
    list.apply(
      page.items.map((item) => ({ kind: "UPSERTED", id: item.id, item })),
      { compare: byNewest, show: true },
    );
  };
  useChanges({ kinds: null, quietMs: 1_000, onChanged: follow });
  const refresh = () => {
    setBeyond(null);
    list.refresh();
  };
  // As one scrolls, more is read by itself; not where the last stretches had nothing, as most of a log may have.
  const count = list.list?.items.length ?? 0;
  const [lookedFrom, setLookedFrom] = useState<number | null>(null);
  const isFull = count >= EVENTS_MAX;
  const isIdle = lookedFrom === count;
  const loadMore = () => {
    setLookedFrom(count);
    list.loadMore();
  };
  const canGoOn = list.list?.hasNextPage && !isFull && !isIdle && !list.isLoading && !list.isLoadingMore;
  return {
    ...list,
    refresh,
    hasMuchNewer: beyond === key,
    isFull,
    isIdle,
    loadMore,
    goOn: canGoOn && !list.moreFailure ? loadMore : null,
  };
}

export type AuditList = ReturnType<typeof useAuditLog>;
