import { useState } from "react";
import { useClient } from "urql";
import { type ProjectItem, projectItem } from "@/features/projects/projectColumns";
import { graphql } from "@/gql";
import type { Sort } from "@/gql/graphql";
import { askAnew } from "@/lib/askAnew";
import type { Change } from "@/lib/liveList";
import { useChanges } from "@/lib/useChanges";
import { useLive } from "@/lib/useLive";
import { type LoadedPage, useLiveList } from "@/lib/useLiveList";

const ProjectsPageQuery = graphql(`
  query ProjectsPage($first: Int!, $after: String, $name: String, $sort: Sort) {
    server {
      position
    }
    projects(first: $first, after: $after, name: $name, sort: $sort) {
      nodes {
        id
        ...ProjectRow
      }
      pageInfo {
        endCursor
        hasNextPage
      }
      totalCount
    }
  }
`);

const ProjectChangesSubscription = graphql(`
  subscription ProjectChanges($after: Position) {
    projectChanges(after: $after) {
      position
      kind
      projectId
      project {
        id
        ...ProjectRow
      }
    }
  }
`);

export const PAGE_PROJECTS = 100;
const READ_AGAIN_MS = 3_000;

export function useProjectList(name: string, sort: Sort) {
  const client = useClient();
  const [revision, setRevision] = useState(0);
  const load = async (after: string | null): Promise<LoadedPage<ProjectItem>> => {
    const variables = { first: PAGE_PROJECTS, after, name: name || null, sort };
    const data = await askAnew(client, ProjectsPageQuery, variables);
    const { nodes, pageInfo, totalCount } = data.projects;
    const { hasNextPage, endCursor = null } = pageInfo;
    return { items: nodes.map(projectItem), hasNextPage, endCursor, totalCount, position: data.server.position };
  };
  const list = useLiveList({ key: JSON.stringify([name, sort]), load });
  useLive({
    document: ProjectChangesSubscription,
    variables: { after: list.position },
    pause: list.position === null,
    onChanges: (changes) => {
      const told = changes.map(
        ({ projectChanges: { kind, projectId, project } }): Change<ProjectItem> => ({
          kind,
          id: projectId,
          item: project ? projectItem(project) : null,
        }),
      );
      const known = new Set(list.list?.items.map((item) => item.id));
      // Where a new project stands the server knows; what else changed is read with it.
      const isNew = ({ id, item }: Change<ProjectItem>) =>
        !known.has(id) && item?.name.toLowerCase().includes(name.toLowerCase());
      if (told.some(isNew)) return list.catchUp();
      list.apply(
        told.filter((change) => known.has(change.id)),
        { compare: null, show: true },
      );
    },
  });
  const onTraces = () => {
    setRevision((count) => count + 1);
    list.catchUp();
  };
  // What traces come to is read again, and nothing flickers.
  useChanges({ kinds: ["TRACE", "SPAN", "THREAD"], quietMs: READ_AGAIN_MS, onChanged: onTraces });
  return { ...list, revision };
}
