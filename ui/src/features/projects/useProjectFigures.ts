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

type Read = { key: string; revision: number; figures: FiguresById; isFailed: boolean };

/** What listed projects come to; null until it is known. The list is there before it. */
export function useProjectFigures({ name, pages, size, revision }: Options) {
  const key = `${pages} ${name}`;
  const [read, setRead] = useState<Read | null>(null);
  const [isReading, setReading] = useState(false);
  const isOld = pages > 0 && (read?.key !== key || read.revision < revision);
  // What is recorded while figures are read starts the next reading, and does not end this one.
  if (isOld && !isReading) setReading(true);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the revision is the one at which the reading began
  useEffect(() => {
    if (!isReading) return;
    const abort = new AbortController();
    const settle = (figures: FiguresById | null) => {
      if (abort.signal.aborted) return;
      setReading(false);
      setRead((old) => ({ key, revision, figures: figures ?? old?.figures ?? new Map(), isFailed: figures === null }));
    };
    readPages({ name, pages, size, signal: abort.signal }).then(settle, () => settle(null));
    return () => abort.abort();
  }, [isReading, key, name, pages, size]);
  return { figures: read?.figures ?? null, isFailed: read?.isFailed ?? false };
}

type Asked = Omit<Options, "revision"> & { signal: AbortSignal };

async function readPages({ name, pages, size, signal }: Asked): Promise<FiguresById> {
  const all = Array.from({ length: pages }, async (_, at) => {
    const words = new URLSearchParams({ page: String(at + 1), size: String(size), ...(name && { name }) });
    const answer = await fetch(`${FIGURES}?${words}`, { signal });
    if (!answer.ok) throw new Error(`The server answered with ${answer.status}.`);
    return parseFigures(await answer.json());
  });
  return new Map((await Promise.all(all)).flat());
}
