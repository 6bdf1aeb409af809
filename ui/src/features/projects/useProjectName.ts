import type { Client } from "@urql/core";
import { useQuery } from "urql";
import { graphql } from "@/gql";
import { failureOf } from "@/lib/failure";

const ProjectNameQuery = graphql(`
  query ProjectName($id: ID!) {
    project(id: $id) {
      id
      name
    }
  }
`);

/** Begins to ask, for whoever shows the name in a moment. */
export const readProjectNameAhead = (client: Client, id: string): void => {
  client.query(ProjectNameQuery, { id }).toPromise();
};

export function useProjectName(projectId: string) {
  const [{ data, error, fetching }, read] = useQuery({ query: ProjectNameQuery, variables: { id: projectId } });
  return {
    name: data?.project?.name ?? null,
    isMissing: !fetching && !error && data !== undefined && !data.project,
    failure: error && !data?.project ? failureOf(error) : null,
    onRetry: () => read({ requestPolicy: "network-only" }),
  };
}
