import { useQuery } from "urql";
import { graphql } from "@/gql";

const DatasetHomeQuery = graphql(`
  query DatasetHome($id: ID!) {
    dataset(id: $id) {
      id
      project {
        id
      }
    }
  }
`);

/** The project that a dataset belongs to; null if there is none, and undefined while it is not known. */
export function useDatasetHome(id: string): string | null | undefined {
  const [{ data, error }] = useQuery({ query: DatasetHomeQuery, variables: { id } });
  return data || error ? (data?.dataset?.project?.id ?? null) : undefined;
}
