import { Link } from "@tanstack/react-router";
import { chosenColumn } from "@/components/chosenColumn";
import { type ListColumn, RowNote, rowLink } from "@/components/ListTable";
import { UPDATED_COLUMN } from "@/components/originColumns";
import { Time } from "@/components/Time";
import { ProjectMenu } from "@/features/projects/ProjectMenu";
import type { FiguresById, ProjectFigures } from "@/features/projects/projectFigures";
import { type DocumentType, type FragmentType, graphql, readFragment } from "@/gql";
import { formatCompact, formatCost, formatCount, formatDuration, formatScore } from "@/lib/format";
import type { useChosen } from "@/lib/useChosen";

export const ProjectRowFragment = graphql(`
  fragment ProjectRow on Project {
    id
    name
    description
    traceCount
    lastUpdatedTraceAt
    lastUpdatedAt
    createdAt
    createdBy
  }
`);

export type ProjectItem = DocumentType<typeof ProjectRowFragment>;

export function projectItem(node: FragmentType<typeof ProjectRowFragment>): ProjectItem {
  return readFragment(ProjectRowFragment, node);
}

export const RARE_COLUMNS: readonly string[] = [
  "Threads",
  "Duration p90",
  "Duration p99",
  "Cost per trace",
  "Tokens per trace",
  "Input tokens per trace",
  "Output tokens per trace",
  "Guardrails failed",
  "Feedback scores",
  "Last updated",
  "Created by",
  "ID",
];

type Column = ListColumn<ProjectItem>;
type Options = { workspace: string; figures: FiguresById | null; chosen: ReturnType<typeof useChosen<ProjectItem>> };

/** The first names the project, the last says what can be done with it; the others can be left out. */
export function projectColumns({ workspace, figures, chosen }: Options) {
  const first: Column = {
    label: "Name",
    sort: "name",
    cell: (project) => (
      <>
        <Link
          to="/$workspace/projects/$projectId/home"
          params={{ workspace, projectId: project.id }}
          search={{}}
          className={rowLink}
        >
          {project.name}
        </Link>
        <RowNote>{project.description}</RowNote>
      </>
    ),
  };
  const last = chosenColumn<ProjectItem>({
    chosen: chosen.ids,
    toggle: chosen.toggle,
    all: chosen.all,
    acts: (project) => <ProjectMenu project={project} />,
  });
  return { first, others: [...OF_PROJECT.slice(0, 2), ...ofFigures(figures), ...OF_PROJECT.slice(2)], last };
}

const OF_PROJECT: Column[] = [
  {
    label: "Last activity",
    sort: "activity",
    cell: ({ lastUpdatedTraceAt }) =>
      lastUpdatedTraceAt ? <Time at={lastUpdatedTraceAt} style="relative" /> : "no traces yet",
  },
  { label: "Traces", sort: "traces", isNumeric: true, cell: ({ traceCount }) => formatCount(traceCount) },
  {
    label: "Created",
    sort: "created",
    isMinor: true,
    cell: ({ createdAt }) => <Time at={createdAt} style="relative" />,
  },
  { ...UPDATED_COLUMN, sort: "updated", isMinor: true },
  { label: "Created by", sort: "creator", isMinor: true, cell: ({ createdBy }) => createdBy },
  { label: "ID", isMinor: true, cell: ({ id }) => <code>{id}</code> },
];

function tokensPerTrace({ usage }: ProjectFigures, kind: string): string {
  const tokens = usage.find(({ name }) => name === kind)?.value;
  return tokens == null ? "" : formatCompact(Math.round(tokens));
}

/** Until they are known, and where there is none, stands a dash. */
function ofFigures(figures: FiguresById | null): Column[] {
  const column = (label: string, sort: string, write: (found: ProjectFigures) => string): Column => ({
    label,
    sort,
    isNumeric: true,
    isMinor: true,
    cell: ({ id }) => {
      const found = figures?.get(id);
      return (found && write(found)) || "–";
    },
  });
  return [
    column("Threads", "threads", ({ threadCount }) => formatCount(threadCount)),
    column("Errors", "errors", ({ errorCount }) => formatCount(errorCount)),
    column("Duration p50", "p50", ({ durationMs }) => formatDuration(durationMs?.p50)),
    column("Duration p90", "p90", ({ durationMs }) => formatDuration(durationMs?.p90)),
    column("Duration p99", "p99", ({ durationMs }) => formatDuration(durationMs?.p99)),
    column("Cost", "cost", ({ cost }) => formatCost(cost)),
    column("Cost per trace", "cost_per_trace", ({ costMean }) => formatCost(costMean)),
    column("Tokens per trace", "tokens", (found) => tokensPerTrace(found, "total_tokens")),
    column("Input tokens per trace", "tokens_in", (found) => tokensPerTrace(found, "prompt_tokens")),
    column("Output tokens per trace", "tokens_out", (found) => tokensPerTrace(found, "completion_tokens")),
    column("Guardrails failed", "guardrails", ({ guardrailsFailedCount }) => formatCount(guardrailsFailedCount)),
    {
      label: "Feedback scores",
      isMinor: true,
      cell: ({ id }) =>
        figures
          ?.get(id)
          ?.feedbackScores.map(({ name, value }) => `${name} ${formatScore(value)}`)
          .join(", ") || "–",
    },
  ];
}
