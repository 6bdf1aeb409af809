import type { TypedDocumentNode } from "@urql/core";
import { useState } from "react";
import { type AnyVariables, useQuery } from "urql";
import { type Failure, failureOf } from "@/lib/failure";
import { useMovedPosition } from "@/lib/useMovedPosition";

type WatchedOptions<Data, Variables extends AnyVariables> = {
  query: TypedDocumentNode<Data, Variables>;
  variables: Variables;
};

/**
 * For what no subscription tells: a query that is read again when the log has grown. What was read last stays in sight
 * meanwhile, also if a later read fails: somebody may be writing beside it.
 */
export function useWatched<Data, Variables extends AnyVariables>({
  query,
  variables,
}: WatchedOptions<Data, Variables>) {
  const key = JSON.stringify(variables);
  const [{ data, error, fetching }, read] = useQuery<Data, AnyVariables>({
    query,
    variables,
    requestPolicy: "cache-and-network",
  });
  const [last, setLast] = useState<{ key: string; data: Data } | null>(null);
  if (data && !fetching && last?.data !== data) setLast({ key, data });
  const kept = last?.key === key ? last.data : undefined;
  const known: Data | undefined = data ?? kept;
  const refresh = () => read({ requestPolicy: "network-only" });
  useMovedPosition(refresh);
  const failure: Failure | null = error && !known ? failureOf(error) : null;
  return { data: known, failure, isLoading: fetching, refresh };
}
