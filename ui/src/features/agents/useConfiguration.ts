import { useClient, useQuery } from "urql";
import { type DocumentType, graphql, readFragment } from "@/gql";
import { askAnew } from "@/lib/askAnew";
import { useChanges } from "@/lib/useChanges";
import { type LoadedPage, useLiveList } from "@/lib/useLiveList";
import { useWatched } from "@/lib/useWatched";

const BlueprintFragment = graphql(`
  fragment BlueprintParts on AgentBlueprint {
    id
    name
    number
    isMask
    description
    values {
      key
      value
      kind
      description
    }
    environments
    createdAt
    createdBy
  }
`);

const ConfigurationQuery = graphql(`
  query AgentConfiguration($projectId: ID!) {
    agentConfiguration(projectId: $projectId) {
      projectId
      versionCount
      latest {
        ...BlueprintParts
      }
      masks {
        ...BlueprintParts
      }
      environments {
        name
        blueprintId
      }
    }
  }
`);

const VersionsQuery = graphql(`
  query AgentVersions($projectId: ID!, $first: Int!, $after: String) {
    agentConfiguration(projectId: $projectId) {
      projectId
      versions(first: $first, after: $after) {
        nodes {
          ...BlueprintParts
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

const BlueprintQuery = graphql(`
  query AgentBlueprint($id: ID!) {
    agentBlueprint(id: $id) {
      ...BlueprintParts
    }
  }
`);

/** A version, or a mask that can lie over one. */
export type Blueprint = DocumentType<typeof BlueprintFragment>;
export type AgentValue = Blueprint["values"][number];
export type Configuration = NonNullable<ReturnType<typeof useConfiguration>["configuration"]>;

/** Masks have no name of their own. */
export const nameOf = ({ name, id }: Pick<Blueprint, "name" | "id">): string => name ?? `mask …${id.slice(-6)}`;

/** The configuration of a project's agents; null until somebody makes a first version, nothing while it is read. */
export function useConfiguration(projectId: string) {
  const { data, failure, refresh } = useWatched({
    query: ConfigurationQuery,
    variables: { projectId },
    of: { kinds: ["AGENT"], id: projectId },
  });
  const read = data?.agentConfiguration;
  const configuration = read
    ? {
        ...read,
        latest: readFragment(BlueprintFragment, read.latest) ?? null,
        masks: readFragment(BlueprintFragment, read.masks),
      }
    : null;
  return { configuration, isRead: data !== undefined, failure, refresh };
}

const PAGE_VERSIONS = 50;

/** The versions, the newest first. */
export function useVersions(projectId: string) {
  const client = useClient();
  const load = async (after: string | null): Promise<LoadedPage<Blueprint>> => {
    const asked = { projectId, first: PAGE_VERSIONS, after };
    const { agentConfiguration } = await askAnew(client, VersionsQuery, asked);
    if (!agentConfiguration) throw new Error("this project has no agent configuration any more");
    const { nodes, pageInfo, totalCount } = agentConfiguration.versions;
    const { hasNextPage, endCursor = null } = pageInfo;
    const items = [...readFragment(BlueprintFragment, nodes)];
    return { items, hasNextPage, endCursor, totalCount, position: null };
  };
  const list = useLiveList({ key: projectId, load });
  useChanges({ kinds: ["AGENT"], id: projectId, onChanged: list.catchUp });
  return list;
}

/** One of them by its id, also if it lies further back than those that were read. */
export function useBlueprint(id: string | undefined, known: readonly Blueprint[]): Blueprint | undefined {
  const found = known.find((blueprint) => blueprint.id === id);
  const [{ data }] = useQuery({
    query: BlueprintQuery,
    variables: { id: id ?? "" },
    pause: id === undefined || found !== undefined,
  });
  const read = readFragment(BlueprintFragment, data?.agentBlueprint);
  return found ?? (read && read.id === id ? read : undefined);
}
