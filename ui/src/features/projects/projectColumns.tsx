import { Link } from "@tanstack/react-router";
import { type ListColumn, RowNote, rowLink } from "@/components/ListTable";
import { Time } from "@/components/Time";
import { type DocumentType, type FragmentType, graphql, readFragment } from "@/gql";
import { formatCount } from "@/lib/format";

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

export const projectColumns = (workspace: string): ListColumn<ProjectItem>[] => [
  {
    label: "Name",
    cell: (project) => (
      <>
        <Link
          to="/$workspace/projects/$projectId/logs"
          params={{ workspace, projectId: project.id }}
          search={{}}
          className={rowLink}
        >
          {project.name}
        </Link>
        <RowNote>{project.description}</RowNote>
      </>
    ),
  },
  { label: "Traces", isNumeric: true, cell: (project) => formatCount(project.traceCount) },
  {
    label: "Last activity",
    cell: ({ lastUpdatedTraceAt }) =>
      lastUpdatedTraceAt ? <Time at={lastUpdatedTraceAt} style="relative" /> : "no traces yet",
  },
  { label: "Created", isMinor: true, cell: (project) => <Time at={project.createdAt} style="relative" /> },
  { label: "Created by", isMinor: true, cell: (project) => project.createdBy },
];
