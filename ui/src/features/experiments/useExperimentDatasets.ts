import { useQuery } from "urql";
import { graphql } from "@/gql";

const ExperimentDatasetsQuery = graphql(`
  query ExperimentDatasets($projectId: ID!) {
    datasets(projectId: $projectId, first: 200) {
      nodes {
        id
        name
        experimentCount
      }
    }
  }
`);

/** The datasets of the project over which there are experiments. */
export function useExperimentDatasets(projectId: string) {
  const [{ data }] = useQuery({
    query: ExperimentDatasetsQuery,
    variables: { projectId },
    requestPolicy: "cache-and-network",
  });
  return data?.datasets.nodes.filter(({ experimentCount }) => experimentCount > 0) ?? [];
}
