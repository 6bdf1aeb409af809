import { Link } from "@tanstack/react-router";
import { Progress } from "@/components/Progress";
import { ShortList, ShortRow } from "@/components/ShortList";
import { graphql } from "@/gql";
import { formatAmount } from "@/lib/format";
import { useWatched } from "@/lib/useWatched";

const WaitingQueuesQuery = graphql(`
  query WaitingQueues($projectId: ID!, $first: Int!, $sort: Sort) {
    annotationQueues(projectId: $projectId, first: $first, sort: $sort) {
      nodes {
        id
        name
        scope
        itemCount
        completedCount
      }
    }
  }
`);

/** Those with the most to do come first, so that among so many are those that are shown. */
const READ = 20;
const SHOWN = 5;

const NOUNS = { TRACE: { one: "trace", many: "traces" }, THREAD: { one: "thread", many: "threads" } } as const;

/** The annotation queues of a project in which something is left to judge. */
export function WaitingQueues({ workspace, projectId }: { workspace: string; projectId: string }) {
  const { data, failure, refresh } = useWatched({
    query: WaitingQueuesQuery,
    variables: { projectId, first: READ, sort: { field: "progress", direction: "ASC" as const } },
    // Scores of what lies in a queue bring it on, too.
    of: { kinds: ["ANNOTATION_QUEUE", "TRACE", "THREAD"], quietMs: 3_000 },
  });
  const place = { workspace, projectId };
  return (
    <ShortList
      title="Waiting for judgement"
      what="annotation queues"
      way={
        <Link to="/$workspace/projects/$projectId/annotation-queues" params={place} search={{}}>
          All queues
        </Link>
      }
      items={data?.annotationQueues.nodes
        .filter(({ itemCount, completedCount }) => completedCount < itemCount)
        .slice(0, SHOWN)}
      {...{ failure, onRetry: refresh }}
      empty="Nothing: no annotation queue has anything left to judge."
      keyOf={({ id }) => id}
    >
      {({ id, name, scope, itemCount, completedCount }) => (
        <ShortRow
          name={
            <Link
              to="/$workspace/projects/$projectId/annotation-queues/$queueId"
              params={{ ...place, queueId: id }}
              search={{}}
            >
              {name}
            </Link>
          }
          note={`${formatAmount(itemCount - completedCount, NOUNS[scope])} left`}
        >
          <Progress label="Judged" done={completedCount} all={itemCount} />
        </ShortRow>
      )}
    </ShortList>
  );
}
