import { useClient, useQuery } from "urql";
import { type DocumentType, graphql, readFragment } from "@/gql";
import { askAnew } from "@/lib/askAnew";
import { useChanges } from "@/lib/useChanges";
import { type LoadedPage, useLiveList } from "@/lib/useLiveList";
import { useWatched } from "@/lib/useWatched";

const PromptVersionFragment = graphql(`
  fragment PromptVersionParts on PromptVersion {
    id
    commit
    number
    template
    structure
    syntax
    variables
    metadata
    changeDescription
    tags
    environments
    createdAt
    createdBy
  }
`);

const PromptQuery = graphql(`
  query PromptPage($id: ID!) {
    prompt(id: $id) {
      id
      name
      projectId
      description
      structure
      tags
      versionCount
      createdAt
      createdBy
      versions(first: 1) {
        nodes {
          ...PromptVersionParts
        }
      }
    }
  }
`);

const PromptVersionsQuery = graphql(`
  query PromptVersions($id: ID!, $first: Int!, $after: String, $search: String) {
    prompt(id: $id) {
      id
      versions(first: $first, after: $after, search: $search) {
        nodes {
          ...PromptVersionParts
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

const PromptVersionQuery = graphql(`
  query PromptVersion($id: ID!) {
    promptVersion(id: $id) {
      ...PromptVersionParts
    }
  }
`);

type Read = NonNullable<DocumentType<typeof PromptQuery>["prompt"]>;
export type Prompt = Omit<Read, "versions"> & { newest: Version | undefined };
export type Version = DocumentType<typeof PromptVersionFragment>;

export function usePrompt(id: string) {
  const { data, failure, isLoading, refresh } = useWatched({
    query: PromptQuery,
    variables: { id },
    of: { kinds: ["PROMPT"], id },
  });
  return {
    prompt: data?.prompt ? promptOf(data.prompt) : null,
    isMissing: !isLoading && data !== undefined && !data.prompt,
    failure,
    refresh,
  };
}

function promptOf({ versions, ...prompt }: Read): Prompt {
  return { ...prompt, newest: readFragment(PromptVersionFragment, versions.nodes)[0] };
}

const PAGE_VERSIONS = 50;

/** The versions of a prompt that say something, or all of them, the newest first. */
export function useVersions(id: string, find: string) {
  const client = useClient();
  const load = async (after: string | null): Promise<LoadedPage<Version>> => {
    const data = await askAnew(client, PromptVersionsQuery, { id, first: PAGE_VERSIONS, after, search: find || null });
    if (!data.prompt) throw new Error("this prompt does not exist, or it was deleted");
    const { nodes, pageInfo, totalCount } = data.prompt.versions;
    const { hasNextPage, endCursor = null } = pageInfo;
    const items = [...readFragment(PromptVersionFragment, nodes)];
    return { items, hasNextPage, endCursor, totalCount, position: null };
  };
  const list = useLiveList({ key: JSON.stringify([id, find]), load });
  useChanges({ kinds: ["PROMPT"], id, onChanged: list.catchUp });
  return list;
}

/** One of the versions by its id, also if it lies further back than those that were read. */
export function useVersion(id: string | undefined, known: readonly Version[]): Version | undefined {
  const found = known.find((version) => version.id === id);
  const [{ data }] = useQuery({
    query: PromptVersionQuery,
    variables: { id: id ?? "" },
    pause: id === undefined || found !== undefined,
  });
  const read = readFragment(PromptVersionFragment, data?.promptVersion);
  return found ?? (read && read.id === id ? read : undefined);
}
