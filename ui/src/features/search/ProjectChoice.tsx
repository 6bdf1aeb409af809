import { useQuery } from "urql";
import { Choice } from "@/components/Choice";
import { graphql } from "@/gql";

const SearchedProjectsQuery = graphql(`
  query SearchedProjects {
    projects(first: 500, sort: { field: "name", direction: ASC }) {
      nodes {
        id
        name
      }
    }
  }
`);

type ProjectChoiceProps = { projectId: string | null; onChoose: (projectId: string | undefined) => void };

/** Narrows a search to one project. */
export function ProjectChoice({ projectId, onChoose }: ProjectChoiceProps) {
  const [{ data }] = useQuery({ query: SearchedProjectsQuery, requestPolicy: "cache-and-network" });
  const projects = data?.projects.nodes ?? [];
  const options = projects.map(({ id, name }) => ({ id, label: name }));
  const isKnown = projectId === null || projects.some(({ id }) => id === projectId);
  return (
    <Choice
      label="Project"
      value={projectId ?? ""}
      onChange={(id) => onChoose(id || undefined)}
      empty="all projects"
      options={isKnown ? options : [{ id: projectId, label: "the one that was chosen" }, ...options]}
    />
  );
}
