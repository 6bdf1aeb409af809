import { useEffect, useEffectEvent, useState } from "react";
import { useClient } from "urql";
import { type DocumentType, graphql } from "@/gql";
import { useChanges } from "@/lib/useChanges";
import { useLive } from "@/lib/useLive";

const KnownProjectsQuery = graphql(`
  query KnownProjects {
    server {
      position
    }
    projects(first: 500) {
      nodes {
        id
        name
        lastUpdatedTraceAt
      }
      pageInfo {
        hasNextPage
      }
    }
  }
`);

const ArrivalsSubscription = graphql(`
  subscription Arrivals($after: Position) {
    projectChanges(after: $after) {
      position
    }
  }
`);

type Known = DocumentType<typeof KnownProjectsQuery>;
type Arrival = { id: string; name: string };

type Options = {
  pause: boolean;
  /** A project got its first trace. */
  onFirst: (projectId: string) => void;
};

/** Waits for traces from the moment on at which the page was opened; tells of the latest in a project that had some. */
export function useArrivals({ pause, onFirst }: Options): Arrival | null {
  const client = useClient();
  const [begun, setBegun] = useState<Known | null>(null);
  const [latest, setLatest] = useState<Arrival | null>(null);
  const look = useEffectEvent(async () => {
    const { data } = await client.query(KnownProjectsQuery, {}, { requestPolicy: "network-only" }).toPromise();
    if (!data) return;
    if (!begun) return setBegun(data);
    if (pause) return;
    const { first, last } = arrivals(begun.projects, data.projects);
    if (first) onFirst(first.id);
    else if (last) setLatest(last);
  });
  useEffect(() => {
    look();
  }, []);
  useChanges({ kinds: ["TRACE"], quietMs: 1_000, onChanged: () => look() });
  // New projects are told at once; traces of the others are noticed a little later.
  useLive({
    document: ArrivalsSubscription,
    variables: { after: begun?.server.position ?? null },
    pause: !begun,
    onChanges: () => look(),
  });
  return latest;
}

type Projects = Known["projects"];

function arrivals(before: Projects, now: Projects) {
  const then = new Map(before.nodes.map((node) => [node.id, node.lastUpdatedTraceAt ?? null]));
  // Ids are in the order of time: what is older than those that were known had traces for all we know.
  const oldest = before.pageInfo.hasNextPage ? (before.nodes.at(-1)?.id ?? "") : "";
  const arrived = now.nodes.filter(({ id, lastUpdatedTraceAt: at }) => id > oldest && at && at !== then.get(id));
  return {
    first: arrived.find(({ id }) => !then.get(id)),
    last: arrived.toSorted((one, other) => timeOf(other) - timeOf(one)).at(0),
  };
}

const timeOf = ({ lastUpdatedTraceAt: at }: Projects["nodes"][number]) => Date.parse(at ?? "");
