import { useQuery } from "urql";
import { graphql } from "@/gql";

const ExperimentHomeQuery = graphql(`
  query ExperimentHome($id: ID!) {
    experiment(id: $id) {
      id
      project {
        id
      }
    }
  }
`);

/** The project that an experiment belongs to; null if there is none, and undefined while it is not known. */
export function useExperimentHome(id: string | undefined): string | null | undefined {
  const [{ data, error }] = useQuery({ query: ExperimentHomeQuery, variables: { id: id ?? "" }, pause: !id });
  return !id || data || error ? (data?.experiment?.project?.id ?? null) : undefined;
}
