import { useEffect, useEffectEvent, useState } from "react";
import { useClient } from "urql";
import { type DocumentType, graphql } from "@/gql";
import { type Failure, failureOf } from "@/lib/failure";

const TrialExperimentsQuery = graphql(`
  query TrialExperiments($filter: String!, $first: Int!) {
    experiments(filter: $filter, first: $first) {
      nodes {
        id
        name
        status
        datasetId
        projectId
        metadata
      }
    }
  }
`);

export type TrialExperiment = DocumentType<typeof TrialExperimentsQuery>["experiments"]["nodes"][number];

/** A filter has at most 256 terms. */
const IDS_MAX = 100;

/** The experiments of trials, by id. Each is read once, and again while it runs when `revision` has grown. */
export function useTrialExperiments(ids: readonly string[], revision: number) {
  const client = useClient();
  const [found, setFound] = useState<ReadonlyMap<string, TrialExperiment>>(new Map());
  const [failure, setFailure] = useState<Failure | null>(null);
  const readMissing = useEffectEvent(async (isOver: () => boolean) => {
    const wanted = ids.filter((id) => (found.get(id)?.status ?? "RUNNING") === "RUNNING");
    for (let at = 0; at < wanted.length; at += IDS_MAX) {
      const part = wanted.slice(at, at + IDS_MAX);
      const { data, error } = await client
        .query(
          TrialExperimentsQuery,
          { filter: `id IN (${part.join(", ")})`, first: IDS_MAX },
          { requestPolicy: "network-only" },
        )
        .toPromise();
      if (isOver()) return;
      setFailure(error ? failureOf(error) : null);
      const nodes = data?.experiments.nodes ?? [];
      setFound((old) => new Map([...old, ...nodes.map((node) => [node.id, node] as const)]));
    }
  });
  const [reads, setReads] = useState(0);
  const key = `${revision} ${reads} ${ids.join(" ")}`;
  // biome-ignore lint/correctness/useExhaustiveDependencies: other trials or a new reading are what starts a read
  useEffect(() => {
    let isOver = false;
    readMissing(() => isOver);
    return () => {
      isOver = true;
    };
  }, [key]);
  return { found, failure, refresh: () => setReads((count) => count + 1) };
}
