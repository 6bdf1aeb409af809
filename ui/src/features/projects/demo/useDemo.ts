import { useState } from "react";
import { useClient } from "urql";
import { DEMO_PROJECT, sendDemo } from "@/features/projects/demo/sendDemo";
import { graphql } from "@/gql";
import { failureOf } from "@/lib/failure";

const DemoProjectQuery = graphql(`
  query DemoProject($name: String!) {
    projectByName(name: $name) {
      id
      lastUpdatedTraceAt
    }
  }
`);

/** Makes the demonstration, unless it is there already, and says where it is. */
export function useDemo(onProjectOpen: (id: string) => void) {
  const client = useClient();
  const [isBusy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  const find = async () => {
    const variables = { name: DEMO_PROJECT };
    const { data, error } = await client
      .query(DemoProjectQuery, variables, { requestPolicy: "network-only" })
      .toPromise();
    if (error) throw new Error(failureOf(error).message);
    return data?.projectByName ?? null;
  };
  const open = async () => {
    setBusy(true);
    setProblem(null);
    try {
      let project = await find();
      if (!project?.lastUpdatedTraceAt) {
        await sendDemo();
        project = await find();
      }
      if (project) onProjectOpen(project.id);
    } catch (cause) {
      setProblem(`The demo could not be made: ${cause instanceof Error ? cause.message : String(cause)}.`);
      setBusy(false);
    }
  };
  return { isBusy, problem, open };
}
