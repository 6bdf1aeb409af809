import type { TypedDocumentNode } from "@urql/core";
import { useState } from "react";
import { useQuery } from "urql";
import { type Failure, failureOf } from "@/lib/failure";
import { useKept } from "@/lib/useKept";
import { useLive } from "@/lib/useLive";

type Read = { server: { position: string } };
type Followable = { projectId: string };

type FollowedOptions<Data extends Read, Thing extends Followable, Told> = {
  id: string;
  query: TypedDocumentNode<Data, { id: string }>;
  thingOf: (data: Data) => Thing | null | undefined;
  /** Tells the changes of what matches the filter, and brings all that is shown: the cache hands it on. */
  changes: TypedDocumentNode<Told, { projectId: string; filter?: string | null; after?: string | null }>;
  isDeletion: (told: Told) => boolean;
};

/** A thing that is looked at, followed from the moment at which it was read. `revision` grows with every change. */
export function useFollowed<Data extends Read, Thing extends Followable, Told>(
  options: FollowedOptions<Data, Thing, Told>,
) {
  const { id, query, thingOf, changes, isDeletion } = options;
  const [{ data, error, fetching }, ask] = useQuery({
    query,
    variables: { id },
    requestPolicy: "cache-and-network",
  });
  const read = (data && thingOf(data)) ?? null;
  // Once it is deleted, whatever else asks for it is told that there is none, and the cache takes that for all.
  const thing = useKept(id, read);
  const [change, setChange] = useState({ id, revision: 0, isDeleted: false });
  const mine = change.id === id ? change : { id, revision: 0, isDeleted: false };
  // Where to follow from is settled by the first answer; later ones must not start the subscription anew.
  const [from, setFrom] = useState<{ id: string; projectId: string; position: string } | null>(null);
  if (data && thing && from?.id !== id) setFrom({ id, projectId: thing.projectId, position: data.server.position });

  const readAgain = () => ask({ requestPolicy: "network-only" });

  useLive({
    document: changes,
    variables: { projectId: from?.projectId ?? "", filter: `id:${id}`, after: from?.position ?? null },
    pause: thing === null || from?.id !== id,
    onChanges: (told) => {
      const latest = told.at(-1);
      const isDeleted = latest !== undefined && isDeletion(latest);
      // What is deleted has nothing to be read anew.
      setChange({ id, revision: mine.revision + (isDeleted ? 0 : 1), isDeleted });
      if (!read && !isDeleted) readAgain();
    },
  });
  const failure: Failure | null = error && !thing ? failureOf(error) : null;
  return {
    thing,
    failure,
    isLoading: fetching && !thing,
    revision: mine.revision,
    isDeleted: mine.isDeleted,
    onRetry: readAgain,
  };
}
