import { type DocumentType, type FragmentType, graphql, readFragment } from "@/gql";

// What the traces of projects come to.

export const ProjectFiguresFragment = graphql(`
  fragment FiguresOfProject on Project {
    id
    figures {
      threadCount
      errorCount
      durationMs {
        p50
        p90
        p99
      }
      cost
      costMean
      usage {
        name
        value
      }
      feedbackScores {
        name
        value
      }
      guardrailsFailedCount
    }
  }
`);

type Read = DocumentType<typeof ProjectFiguresFragment>;
export type ProjectFigures = Read["figures"];
export type FiguresById = ReadonlyMap<string, ProjectFigures>;

export function figuresOf(nodes: readonly FragmentType<typeof ProjectFiguresFragment>[]): [string, ProjectFigures][] {
  return readFragment(ProjectFiguresFragment, nodes).map(({ id, figures }) => [id, figures]);
}
