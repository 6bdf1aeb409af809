import type { OperationResult } from "@urql/core";
import { useEffect, useState } from "react";
import { useClient } from "urql";
import type { ItemRow, Outcome } from "@/features/experiments/comparison";
import { type DocumentType, graphql } from "@/gql";
import { type Failure, failure, failureOf } from "@/lib/failure";

const ComparedExperimentQuery = graphql(`
  query ComparedExperiment($id: ID!, $first: Int!, $after: String) {
    experiment(id: $id) {
      id
      name
      status
      createdAt
      tags
      metadata
      datasetVersion {
        id
        name
      }
      dataset {
        id
        name
      }
      promptVersions {
        id
        number
        prompt {
          id
          name
        }
      }
      figures {
        traceCount
        durationMs {
          p50
        }
        cost
      }
      items(first: $first, after: $after) {
        nodes {
          id
          datasetItemId
          datasetItem {
            id
            data
          }
          traceId
          trace {
            id
            projectId
            output
            durationMs
            cost
            error {
              exceptionType
            }
            feedbackScores {
              name
              value
            }
          }
        }
        pageInfo {
          endCursor
          hasNextPage
        }
        totalCount
      }
    }
  }
`);

type Answer = NonNullable<DocumentType<typeof ComparedExperimentQuery>["experiment"]>;
type Node = Answer["items"]["nodes"][number];
export type Compared = Omit<Answer, "items"> & { itemCount: number; isCut: boolean };

export type Side = { experiments: readonly Compared[]; rows: readonly ItemRow[] };

const PAGE_ITEMS = 200;
const ITEMS_MAX = 2_000;

/** Experiments with all of their items, up to a bound; null until they are there. */
export function useComparison(ids: readonly string[]) {
  const client = useClient();
  const [state, setState] = useState<{ key: string; side: Side | null; failure: Failure | null } | null>(null);
  const [reads, setReads] = useState(0);
  const key = JSON.stringify([ids, reads]);
  useEffect(() => {
    let isOver = false;
    const [wanted] = JSON.parse(key) as [string[], number];
    const readAll = async (id: string): Promise<[Compared, Node[]]> => {
      const nodes: Node[] = [];
      let after: string | null = null;
      for (;;) {
        const answer: OperationResult<DocumentType<typeof ComparedExperimentQuery>> = await client
          .query(ComparedExperimentQuery, { id, first: PAGE_ITEMS, after }, { requestPolicy: "network-only" })
          .toPromise();
        const { data, error } = answer;
        if (error) throw failureOf(error);
        const found: Answer | null | undefined = data?.experiment;
        if (!found) throw failure("One of the experiments does not exist, or it was deleted.");
        const { items, ...experiment } = found;
        nodes.push(...items.nodes);
        const isCut = items.pageInfo.hasNextPage && nodes.length >= ITEMS_MAX;
        if (!items.pageInfo.hasNextPage || isCut) {
          return [{ ...experiment, itemCount: items.totalCount, isCut }, nodes];
        }
        after = items.pageInfo.endCursor ?? null;
      }
    };
    Promise.all(wanted.map(readAll)).then(
      (read) => {
        if (isOver) return;
        const side = {
          experiments: read.map(([experiment]) => experiment),
          rows: rowsOf(read.map(([, nodes]) => nodes)),
        };
        setState({ key, side, failure: null });
      },
      (cause) => {
        if (!isOver) setState({ key, side: null, failure: isFailure(cause) ? cause : failure(String(cause)) });
      },
    );
    return () => {
      isOver = true;
    };
  }, [client, key]);
  const mine = state?.key === key ? state : null;
  return { side: mine?.side ?? null, failure: mine?.failure ?? null, refresh: () => setReads(reads + 1) };
}

function isFailure(cause: unknown): cause is Failure {
  return typeof cause === "object" && cause !== null && "isRefusal" in cause;
}

function rowsOf(all: readonly (readonly Node[])[]): ItemRow[] {
  const rows = new Map<string, { data: string | null; outcomes: Outcome[][] }>();
  for (const [at, nodes] of all.entries()) {
    for (const node of nodes) {
      const row = rows.get(node.datasetItemId) ?? { data: null, outcomes: all.map(() => []) };
      row.data ??= node.datasetItem?.data ?? null;
      row.outcomes[at]?.push(outcomeOf(node));
      rows.set(node.datasetItemId, row);
    }
  }
  return [...rows].map(([itemId, row]) => ({ itemId, ...row }));
}

function outcomeOf({ traceId, trace }: Node): Outcome {
  return {
    traceId,
    output: trace?.output ?? null,
    scores: new Map(trace?.feedbackScores.map(({ name, value }) => [name, value])),
    durationMs: trace?.durationMs ?? null,
    cost: trace?.cost ?? null,
    hasFailed: trace?.error != null,
  };
}
