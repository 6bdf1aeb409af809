import { Link } from "@tanstack/react-router";
import { Time } from "@/components/Time";
import { type DocumentType, type FragmentType, graphql, readFragment } from "@/gql";
import { formatCount } from "@/lib/format";
import styles from "./Projects.module.css";

export const ProjectRowFragment = graphql(`
  fragment ProjectRow on Project {
    id
    name
    description
    traceCount
    lastUpdatedTraceAt
    createdAt
    createdBy
  }
`);

export type ProjectItem = DocumentType<typeof ProjectRowFragment>;

export function projectItem(node: FragmentType<typeof ProjectRowFragment>): ProjectItem {
  return readFragment(ProjectRowFragment, node);
}

export function ProjectRow({ workspace, project }: { workspace: string; project: ProjectItem }) {
  return (
    <tr className={styles.row}>
      <th scope="row">
        <Link
          to="/$workspace/projects/$projectId/logs"
          params={{ workspace, projectId: project.id }}
          search={{}}
          className={styles.link}
        >
          {project.name}
        </Link>
        {project.description && <p className={styles.description}>{project.description}</p>}
      </th>
      <td className={styles.number}>{formatCount(project.traceCount)}</td>
      <td>
        {project.lastUpdatedTraceAt ? (
          <Time at={project.lastUpdatedTraceAt} style="relative" />
        ) : (
          <span className={styles.never}>no traces yet</span>
        )}
      </td>
      <td className={styles.wide}>
        <Time at={project.createdAt} style="relative" />
      </td>
      <td className={styles.wide}>{project.createdBy}</td>
    </tr>
  );
}
