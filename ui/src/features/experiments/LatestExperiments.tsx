import { Link } from "@tanstack/react-router";
import { Badge } from "@/components/Badge";
import { ShortList, ShortRow } from "@/components/ShortList";
import { Time } from "@/components/Time";
import { writeIds } from "@/features/experiments/experimentIds";
import { STATUS_TONES } from "@/features/experiments/statusTones";
import { type DocumentType, graphql } from "@/gql";
import { formatAmount, formatCost, formatScore } from "@/lib/format";
import { useWatched } from "@/lib/useWatched";

const LatestExperimentsQuery = graphql(`
  query LatestExperiments($projectId: ID!, $first: Int!, $sort: Sort) {
    experiments(projectId: $projectId, kinds: [REGULAR], sort: $sort, first: $first) {
      nodes {
        id
        name
        status
        datasetId
        dataset {
          id
          name
        }
        scores {
          name
          value
        }
        itemCount
        figures {
          feedbackScores {
            name
            value
          }
          passRate
          cost
        }
        createdAt
      }
    }
  }
`);

const SHOWN = 5;
const SCORES_SHOWN = 2;

/** The newest experiments of a project, and how they did. */
export function LatestExperiments({ workspace, projectId }: { workspace: string; projectId: string }) {
  const { data, failure, refresh } = useWatched({
    query: LatestExperimentsQuery,
    variables: { projectId, first: SHOWN, sort: { field: "created_at", direction: "DESC" as const } },
    // What their traces come to changes with the traces.
    of: { kinds: ["EXPERIMENT", "TRACE"], quietMs: 5_000 },
  });
  const place = { workspace, projectId };
  return (
    <ShortList
      title="Latest experiments"
      what="experiments"
      way={
        <Link to="/$workspace/projects/$projectId/experiments" params={place} search={{}}>
          All experiments
        </Link>
      }
      items={data?.experiments.nodes}
      {...{ failure, onRetry: refresh }}
      empty="None yet: an experiment tries the application on every item of a dataset."
      keyOf={({ id }) => id}
    >
      {(experiment) => (
        <ShortRow
          name={
            <Link
              to="/$workspace/projects/$projectId/experiments/$datasetId/compare"
              params={{ ...place, datasetId: experiment.datasetId }}
              search={{ experiments: writeIds([experiment.id]) }}
            >
              {experiment.name}
            </Link>
          }
          note={
            <>
              {formatAmount(experiment.itemCount, { one: "item", many: "items" })} of{" "}
              {experiment.dataset?.name ?? "a deleted dataset"}, <Time at={experiment.createdAt} style="relative" />
            </>
          }
        >
          {experiment.status !== "COMPLETED" && (
            <Badge tone={STATUS_TONES[experiment.status]}>{experiment.status.toLowerCase()}</Badge>
          )}
          {resultsOf(experiment).join(", ")}
        </ShortRow>
      )}
    </ShortList>
  );
}

type Latest = DocumentType<typeof LatestExperimentsQuery>["experiments"]["nodes"][number];

/** How it did: what passed, the first scores, and where there is neither what it cost. */
function resultsOf({ scores, figures }: Latest): readonly string[] {
  const { passRate, feedbackScores, cost } = figures;
  const passed = passRate == null ? [] : [`${Math.round(100 * passRate)}% passed`];
  const means = [...feedbackScores, ...scores].slice(0, SCORES_SHOWN);
  const told = [...passed, ...means.map(({ name, value }) => `${name} ${formatScore(value)}`)];
  return told.length > 0 ? told : [formatCost(cost)];
}
