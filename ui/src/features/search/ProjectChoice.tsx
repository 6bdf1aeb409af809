import { useQuery } from "urql";
import { graphql } from "@/gql";
import styles from "./Search.module.css";

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
  const isKnown = projectId === null || projects.some(({ id }) => id === projectId);
  return (
    <label className={styles.project}>
      Project{" "}
      <select value={projectId ?? ""} onChange={(event) => onChoose(event.target.value || undefined)}>
        <option value="">all projects</option>
        {!isKnown && <option value={projectId}>the one that was chosen</option>}
        {projects.map(({ id, name }) => (
          <option key={id} value={id}>
            {name}
          </option>
        ))}
      </select>
    </label>
  );
}
