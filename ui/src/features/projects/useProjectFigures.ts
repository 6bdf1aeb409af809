import { useEffect, useState } from "react";
import { type FiguresById, parseFigures } from "@/features/projects/projectFigures";

// GraphQL has the figures of one project at a time; this route has those of a page of projects in one answer.
const FIGURES = "/api/v1/private/projects/stats";

type Options = {
  name: string;
  /** How many pages of the list are wanted, and how many projects are on each. */
  pages: number;
  size: number;
  /** Grows when something was recorded meanwhile. */
  revision: number;
};

type Read = { figures: FiguresById | null; isFailed: boolean };

/** What listed projects come to; null until it is known. The list is there before it. */
export function useProjectFigures({ name, pages, size, revision }: Options): Read {
  const [read, setRead] = useState<Read>({ figures: null, isFailed: false });
  // biome-ignore lint/correctness/useExhaustiveDependencies: another revision asks for another read
  useEffect(() => {
    if (pages === 0) return;
    const abort = new AbortController();
    const all = Array.from({ length: pages }, async (_, at) => {
      const words = new URLSearchParams({ page: String(at + 1), size: String(size), ...(name && { name }) });
      const answer = await fetch(`${FIGURES}?${words}`, { signal: abort.signal });
      if (!answer.ok) throw new Error(`The server answered with ${answer.status}.`);
      return parseFigures(await answer.json());
    });
    Promise.all(all).then(
      (found) => setRead({ figures: new Map(found.flat()), isFailed: false }),
      () => abort.signal.aborted || setRead((old) => ({ ...old, isFailed: true })),
    );
    return () => abort.abort();
  }, [name, pages, size, revision]);
  return read;
}
