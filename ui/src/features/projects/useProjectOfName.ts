import { useQuery } from "urql";
import { graphql } from "@/gql";

const ProjectOfNameQuery = graphql(`
  query ProjectOfName($name: String!) {
    projectByName(name: $name) {
      id
    }
  }
`);

/** The project of a name; null if there is none, and undefined while it is not known. */
export function useProjectOfName(name: string): string | null | undefined {
  const [{ data, error }] = useQuery({ query: ProjectOfNameQuery, variables: { name } });
  return data || error ? (data?.projectByName?.id ?? null) : undefined;
}
