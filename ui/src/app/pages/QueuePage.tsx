import { getRouteApi, Link, useRouter } from "@tanstack/react-router";
import { Link as LinkIcon, Play } from "lucide-react";
import { useOpenList } from "@/app/useOpenList";
import { Button, buttonClass } from "@/components/Button";
import { belongingTo } from "@/entities/logs/logsSearch";
import { QueueView } from "@/features/annotations/QueueView";
import { copyAndTell } from "@/lib/copyAndTell";

const route = getRouteApi("/$workspace/projects/$projectId/annotation-queues/$queueId");

export function QueuePage() {
  const { workspace, projectId, queueId } = route.useParams();
  const navigate = route.useNavigate();
  const list = useOpenList(projectId);
  const router = useRouter();
  const onShare = () => {
    const { href } = router.buildLocation({ to: "/$workspace/sme", params: { workspace }, search: { queueId } });
    copyAndTell(
      new URL(href, window.location.origin).href,
      "Copied the link of the review: whoever opens it is told what is wanted, and led from item to item.",
    );
  };
  const review = (
    <>
      <Button onPress={onShare}>
        <LinkIcon aria-hidden /> Link for reviewers
      </Button>
      <Link
        to="/$workspace/projects/$projectId/annotation-queues/$queueId/review"
        params={{ workspace, projectId, queueId }}
        className={buttonClass("primary")}
      >
        <Play aria-hidden /> Review
      </Link>
    </>
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
      onLogs={(scope) =>
        list({
          ...belongingTo("annotation_queue_id", [queueId]),
          ...(scope === "THREAD" && { logsType: "threads" }),
        })
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
