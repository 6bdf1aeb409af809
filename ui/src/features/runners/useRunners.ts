import { useEffect, useEffectEvent } from "react";
import { useQuery } from "urql";
import { type DocumentType, graphql } from "@/gql";
import { failureOf } from "@/lib/failure";

const RunnersQuery = graphql(`
  query Runners($projectId: ID!) {
    runners(projectId: $projectId) {
      id
      name
      kind
      status
      agents {
        name
        description
        sourceFile
        timeoutSeconds
        parameters {
          name
          kind
          presence
        }
      }
      jobs(first: 20) {
        nodes {
          id
          agent
          status
          createdAt
          startedAt
          completedAt
        }
      }
    }
  }
`);

export type Runner = DocumentType<typeof RunnersQuery>["runners"][number];
export type Agent = Runner["agents"][number] & { runnerName: string };
export type ListedJob = Runner["jobs"]["nodes"][number];

/** Nothing tells of runners that come and go: they are looked for while the page is seen. */
const LOOK_MS = 2_000;

export function useRunners(projectId: string) {
  const [{ data, error, fetching }, read] = useQuery({
    query: RunnersQuery,
    variables: { projectId },
    requestPolicy: "cache-and-network",
  });
  const refresh = () => read({ requestPolicy: "network-only" });
  const look = useEffectEvent(() => {
    if (!fetching && document.visibilityState !== "hidden") refresh();
  });
  useEffect(() => {
    const timer = window.setInterval(() => look(), LOOK_MS);
    return () => window.clearInterval(timer);
  }, []);
  return { runners: data?.runners, failure: error && !data ? failureOf(error) : null, refresh };
}

export const isHere = ({ status, kind, agents }: Runner) =>
  status === "CONNECTED" && (kind === "ENDPOINT" || agents.length > 0);

export const nameOf = ({ name }: Runner) => name ?? "a program";

export function agentsOf(runners: readonly Runner[]): Agent[] {
  return runners
    .filter(isHere)
    .flatMap((runner) => runner.agents.map((agent) => ({ ...agent, runnerName: nameOf(runner) })));
}

/** The last jobs of all runners, newest first. */
export function jobsOf(runners: readonly Runner[]): ListedJob[] {
  return runners
    .flatMap(({ jobs }) => jobs.nodes)
    .sort((one, other) => other.createdAt.localeCompare(one.createdAt))
    .slice(0, 20);
}
