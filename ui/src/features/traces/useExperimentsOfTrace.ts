import { useQuery } from "urql";
import { type DocumentType, graphql } from "@/gql";
import { useChanges } from "@/lib/useChanges";

const TraceExperimentsQuery = graphql(`
  query TraceExperiments($id: ID!) {
    trace(id: $id) {
      id
      experiments {
        id
        name
        projectId
        datasetId
        dataset {
          id
          name
        }
      }
    }
  }
`);

export type ExperimentOfTrace = NonNullable<DocumentType<typeof TraceExperimentsQuery>["trace"]>["experiments"][number];

const QUIET_MS = 1_000;

/** The experiments that a trace is a run of. They are asked for beside the trace: clients link the two afterwards. */
export function useExperimentsOfTrace(traceId: string): readonly ExperimentOfTrace[] {
  const [{ data }, read] = useQuery({
    query: TraceExperimentsQuery,
    variables: { id: traceId },
    requestPolicy: "cache-and-network",
  });
  useChanges({
    kinds: ["EXPERIMENT"],
    quietMs: QUIET_MS,
    onChanged: () => read({ requestPolicy: "network-only" }),
  });
  return data?.trace?.experiments ?? [];
}
