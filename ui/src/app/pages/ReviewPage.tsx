import { getRouteApi, Link } from "@tanstack/react-router";
import { buttonClass } from "@/components/Button";
import { Review } from "@/features/annotations/Review";
import { Comments } from "@/features/comments/Comments";
import { Annotate } from "@/features/feedback/Annotate";
import { TraceDetails } from "@/features/traces/TraceDetails";

const route = getRouteApi("/$workspace/projects/$projectId/annotation-queues/$queueId/review");

export function ReviewPage() {
  const { workspace, projectId, queueId } = route.useParams();
  const back = (
    <Link
      to="/$workspace/projects/$projectId/annotation-queues/$queueId"
      params={{ workspace, projectId, queueId }}
      className={buttonClass()}
    >
      To the queue
    </Link>
  );
  return (
    <Review
      key={queueId}
      queueId={queueId}
      back={back}
      thing={({ scope, id }) => (scope === "TRACE" ? <TraceDetails traceId={id} /> : <p>{id}</p>)}
      judgement={({ scope, id, names, hasComments }) => {
        if (scope !== "TRACE") return null;
        const target = { kind: scope, id } as const;
        return (
          <>
            <Annotate target={target} names={names} settings={null} />
            {hasComments && <Comments target={target} />}
          </>
        );
      }}
    />
  );
}
