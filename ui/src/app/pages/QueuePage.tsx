import { getRouteApi, Link } from "@tanstack/react-router";
import { Play } from "lucide-react";
import { buttonClass } from "@/components/Button";
import { QueueView } from "@/features/annotations/QueueView";

const route = getRouteApi("/$workspace/projects/$projectId/annotation-queues/$queueId");

export function QueuePage() {
  const { workspace, projectId, queueId } = route.useParams();
  const navigate = route.useNavigate();
  const review = (
    <Link
      to="/$workspace/projects/$projectId/annotation-queues/$queueId/review"
      params={{ workspace, projectId, queueId }}
      className={buttonClass("primary")}
    >
      <Play aria-hidden /> Review
    </Link>
  );
  return (
    <QueueView
      key={queueId}
      queueId={queueId}
      review={review}
      search={route.useSearch()}
      onSearch={(search) => navigate({ search, replace: true })}
      itemLink={({ scope }, id, name) =>
        scope === "TRACE" ? (
          <Link
            to="/$workspace/projects/$projectId/traces/$traceId"
            params={{ workspace, projectId, traceId: id }}
            search={{}}
          >
            {name}
          </Link>
        ) : (
          <Link to="/$workspace/projects/$projectId/threads/$threadId" params={{ workspace, projectId, threadId: id }}>
            {name}
          </Link>
        )
      }
      onDeleted={() =>
        navigate({
          to: "/$workspace/projects/$projectId/annotation-queues",
          params: { workspace, projectId },
          search: {},
        })
      }
    />
  );
}
