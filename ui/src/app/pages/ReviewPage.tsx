import { getRouteApi, Link } from "@tanstack/react-router";
import { TraceLink } from "@/app/TraceLink";
import { buttonClass } from "@/components/Button";
import { Review } from "@/features/annotations/Review";
import { Comments } from "@/features/comments/Comments";
import { Annotate } from "@/features/feedback/Annotate";
import { Conversation } from "@/features/threads/Conversation";
import { TraceDetails } from "@/features/traces/TraceDetails";

const route = getRouteApi("/$workspace/projects/$projectId/annotation-queues/$queueId/review");

export function ReviewPage() {
  const { workspace, projectId, queueId } = route.useParams();
  const { item } = route.useSearch();
  const navigate = route.useNavigate();
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
      askedId={item}
      onAsk={(next) => navigate({ search: { item: next }, replace: true })}
      back={back}
      thing={({ scope, id }) =>
        scope === "TRACE" ? (
          <TraceDetails traceId={id} />
        ) : (
          <Conversation id={id} traceLink={(traceId) => <TraceLink projectId={projectId} traceId={traceId} />} />
        )
      }
      judgement={({ scope, id, names, hasComments }) => {
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
