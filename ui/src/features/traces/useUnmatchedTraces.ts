import { useEffect, useEffectEvent, useRef } from "react";
import { useClient } from "urql";
import { graphql } from "@/gql";
import { useLive } from "@/lib/useLive";

// A filtered subscription is silent about a trace that has just ceased to match. So the ids of all changes are
// followed as well, and the listed ones among them are put to the filter again.

const TraceTouchesSubscription = graphql(`
  subscription TraceTouches($projectId: ID!, $after: Position) {
    traceChanges(projectId: $projectId, after: $after) {
      position
      kind
      traceId
    }
  }
`);

const StillMatchingQuery = graphql(`
  query StillMatching($projectId: ID!, $filter: String!, $first: Int!) {
    project(id: $projectId) {
      id
      traces(filter: $filter, first: $first) {
        nodes {
          id
        }
      }
    }
  }
`);

const CHECK_MS = 600;
const CHECK_TRACES_MAX = 50;

type UnmatchedOptions = {
  projectId: string;
  /** Null while nothing is filtered: then nothing is asked. */
  filter: string | null;
  after: string | null;
  isListed: (id: string) => boolean;
  onUnmatched: (ids: string[]) => void;
};

export function useUnmatchedTraces(options: UnmatchedOptions): void {
  const { projectId, filter, after } = options;
  const client = useClient();
  const touched = useRef(new Set<string>());
  const onUnmatched = useEffectEvent((ids: string[]) => options.onUnmatched(ids));

  useLive({
    document: TraceTouchesSubscription,
    variables: { projectId, after },
    pause: filter === null,
    onChanges: (changes) => {
      for (const { traceChanges: change } of changes) {
        if (change.kind === "UPSERTED" && options.isListed(change.traceId)) touched.current.add(change.traceId);
      }
    },
  });
  useEffect(() => {
    if (filter === null) return;
    touched.current.clear();
    let isOver = false;
    const timer = window.setInterval(async () => {
      const ids = [...touched.current].slice(0, CHECK_TRACES_MAX);
      if (ids.length === 0) return;
      for (const id of ids) touched.current.delete(id);
      const among = ids.map((id) => `id:${id}`).join(" OR ");
      const variables = { projectId, filter: `(${filter}) AND (${among})`, first: ids.length };
      const { data } = await client.query(StillMatchingQuery, variables, { requestPolicy: "network-only" }).toPromise();
      // Without an answer the rows stay: a row too many is better than a row too few.
      if (isOver || !data?.project) return;
      const matching = new Set(data.project.traces.nodes.map((node) => node.id));
      const unmatched = ids.filter((id) => !matching.has(id));
      if (unmatched.length > 0) onUnmatched(unmatched);
    }, CHECK_MS);
    return () => {
      isOver = true;
      window.clearInterval(timer);
    };
  }, [client, projectId, filter]);
}
