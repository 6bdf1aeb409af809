import { getRouteApi, Link } from "@tanstack/react-router";
import { QueueReview } from "@/app/QueueReview";
import { TraceLink } from "@/app/TraceLink";
import { buttonClass } from "@/components/Button";

const route = getRouteApi("/$workspace/projects/$projectId/annotation-queues/$queueId/review");

export function ReviewPage() {
  const { workspace, projectId, queueId } = route.useParams();
  const { item } = route.useSearch();
  const navigate = route.useNavigate();
  return (
    <QueueReview
      queueId={queueId}
      askedId={item}
      onAsk={(next) => navigate({ search: { item: next }, replace: true })}
      traceLink={(traceId) => <TraceLink projectId={projectId} traceId={traceId} />}
      back={
        <Link
          to="/$workspace/projects/$projectId/annotation-queues/$queueId"
          params={{ workspace, projectId, queueId }}
          className={buttonClass()}
        >
          To the queue
        </Link>
      }
    />
  );
}
