import type { Client } from "@urql/core";
import { useEffect, useState } from "react";
import { useClient } from "urql";
import { type FiguresById, figuresOf, type ProjectFigures } from "@/features/projects/projectFigures";
import { type DocumentType, graphql } from "@/gql";
import type { Sort } from "@/gql/graphql";
import { askAnew } from "@/lib/askAnew";

const ProjectFiguresQuery = graphql(`
  query ProjectFigures($first: Int!, $after: String, $name: String, $sort: Sort) {
    projects(first: $first, after: $after, name: $name, sort: $sort) {
      nodes {
        ...FiguresOfProject
      }
      pageInfo {
        endCursor
        hasNextPage
      }
    }
  }
`);

type Options = {
  name: string;
  sort: Sort;
  /** How many pages of the list are wanted, and how many projects are on each. */
  pages: number;
  size: number;
  /** Grows when something was recorded meanwhile. */
  revision: number;
};

type Read = { key: string; revision: number; figures: FiguresById; isFailed: boolean };

/** What listed projects come to; null until it is known. The list is there before it. */
export function useProjectFigures({ name, sort, pages, size, revision }: Options) {
  const client = useClient();
  const key = JSON.stringify([pages, name, sort]);
  const [read, setRead] = useState<Read | null>(null);
  const [isReading, setReading] = useState(false);
  const isOld = pages > 0 && (read?.key !== key || read.revision < revision);
  // What is recorded while figures are read starts the next reading, and does not end this one.
  if (isOld && !isReading) setReading(true);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the revision is the one at which the reading began, and the key tells all else
  useEffect(() => {
    if (!isReading) return;
    let isOver = false;
    const settle = (figures: FiguresById | null) => {
      if (isOver) return;
      setReading(false);
      setRead((old) => ({ key, revision, figures: figures ?? old?.figures ?? new Map(), isFailed: figures === null }));
    };
    readPages(client, { name, sort, pages, size }).then(settle, () => settle(null));
    return () => {
      isOver = true;
    };
  }, [isReading, client, key]);
  return { figures: read?.figures ?? null, isFailed: read?.isFailed ?? false };
}

async function readPages(client: Client, { name, sort, pages, size }: Omit<Options, "revision">): Promise<FiguresById> {
  const all: [string, ProjectFigures][] = [];
  let after: string | null = null;
  for (let page = 0; page < pages; page += 1) {
    const asked = { first: size, after, name: name || null, sort };
    const data: DocumentType<typeof ProjectFiguresQuery> = await askAnew(client, ProjectFiguresQuery, asked);
    all.push(...figuresOf(data.projects.nodes));
    if (!data.projects.pageInfo.hasNextPage) break;
    after = data.projects.pageInfo.endCursor ?? null;
  }
  return new Map(all);
}
