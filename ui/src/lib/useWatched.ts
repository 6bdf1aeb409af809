import type { TypedDocumentNode } from "@urql/core";
import { useEffect, useEffectEvent, useState } from "react";
import { type AnyVariables, useQuery } from "urql";
import { type Failure, failureOf } from "@/lib/failure";
import { useChanges, type Watching } from "@/lib/useChanges";
import { useKept } from "@/lib/useKept";

type WatchedOptions<Data, Variables extends AnyVariables> = {
  query: TypedDocumentNode<Data, Variables>;
  variables: Variables;
  /** Of what it tells: it is read again when something of the kind changed. */
  of: Watching;
};

/**
 * A query that is read again when something that it tells of has changed. What was read last stays in sight meanwhile,
 * also if a later read fails: somebody may be writing beside it.
 */
export function useWatched<Data, Variables extends AnyVariables>({
  query,
  variables,
  of,
}: WatchedOptions<Data, Variables>) {
  const key = JSON.stringify(variables);
  const [{ data, error, fetching, stale }, read] = useQuery<Data, AnyVariables>({
    query,
    variables,
    requestPolicy: "cache-and-network",
  });
  const kept = useKept(key, fetching ? null : (data ?? null));
  const known: Data | undefined = data ?? kept ?? undefined;
  const refresh = () => read({ requestPolicy: "network-only" });
  // What is being read may have been read too early: then it is read once more.
  const [isOwed, setOwed] = useState(false);
  useChanges({ ...of, onChanged: () => setOwed(true) });
  const isReading = fetching || stale;
  const readAgain = useEffectEvent(() => {
    setOwed(false);
    refresh();
  });
  useEffect(() => {
    if (isOwed && !isReading) readAgain();
  }, [isOwed, isReading]);
  const failure: Failure | null = error && !known ? failureOf(error) : null;
  return { data: known, failure, isLoading: fetching, refresh };
}
