import type { TypedDocumentNode } from "@urql/core";
import { useEffect, useEffectEvent, useRef } from "react";
import { useLive } from "@/lib/useLive";

// A filtered subscription is silent about a thing that has just ceased to match. So the ids of all changes are
// followed as well, and the listed ones among them are put to the filter again.

const CHECK_MS = 600;
const CHECK_ITEMS_MAX = 50;

export type UnmatchedOptions = {
  projectId: string;
  /** Null while nothing is filtered: then nothing is asked. */
  filter: string | null;
  after: string | null;
  isListed: (id: string) => boolean;
  onUnmatched: (ids: string[]) => void;
};

type Kind<Told> = {
  /** Tells what changes in the project, whether it matches or not. */
  touches: TypedDocumentNode<Told, { projectId: string; after?: string | null }>;
  /** The thing that changed; null if it is gone. */
  touchedOf: (told: Told) => string | null;
  /** Which of the first so many things that match there are; null without an answer. */
  matching: (filter: string, first: number) => Promise<readonly { id: string }[] | null>;
};

export function useUnmatched<Told>(options: UnmatchedOptions & Kind<Told>): void {
  const { projectId, filter, after } = options;
  const touched = useRef(new Set<string>());
  const onUnmatched = useEffectEvent((ids: string[]) => options.onUnmatched(ids));
  const matching = useEffectEvent((text: string, first: number) => options.matching(text, first));

  useLive({
    document: options.touches,
    variables: { projectId, after },
    pause: filter === null,
    onChanges: (changes) => {
      for (const change of changes) {
        const id = options.touchedOf(change);
        if (id !== null && options.isListed(id)) touched.current.add(id);
      }
    },
  });
  // biome-ignore lint/correctness/useExhaustiveDependencies: in another project it begins anew
  useEffect(() => {
    if (filter === null) return;
    touched.current.clear();
    let isOver = false;
    const timer = window.setInterval(async () => {
      const ids = [...touched.current].slice(0, CHECK_ITEMS_MAX);
      if (ids.length === 0) return;
      for (const id of ids) touched.current.delete(id);
      const among = ids.map((id) => `id:${id}`).join(" OR ");
      const found = await matching(`(${filter}) AND (${among})`, ids.length);
      // Without an answer the rows stay: a row too many is better than a row too few.
      if (isOver || !found) return;
      const left = new Set(found.map(({ id }) => id));
      const unmatched = ids.filter((id) => !left.has(id));
      if (unmatched.length > 0) onUnmatched(unmatched);
    }, CHECK_MS);
    return () => {
      isOver = true;
      window.clearInterval(timer);
    };
  }, [projectId, filter]);
}
