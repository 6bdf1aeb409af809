import { useQuery } from "urql";
import { graphql } from "@/gql";

const OptimizationHomeQuery = graphql(`
  query OptimizationHome($id: ID!) {
    optimization(id: $id) {
      id
      project {
        id
      }
    }
  }
`);

/** The project that an optimization belongs to; null if there is none, and undefined while it is not known. */
export function useOptimizationHome(id: string): string | null | undefined {
  const [{ data, error }] = useQuery({ query: OptimizationHomeQuery, variables: { id } });
  return data || error ? (data?.optimization?.project?.id ?? null) : undefined;
}
