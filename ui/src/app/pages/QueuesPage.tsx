import { getRouteApi } from "@tanstack/react-router";
import { AnnotationQueues } from "@/features/annotations/AnnotationQueues";

const route = getRouteApi("/$workspace/projects/$projectId/annotation-queues");

export function QueuesPage() {
  const { workspace, projectId } = route.useParams();
  const navigate = route.useNavigate();
  return (
    <AnnotationQueues
      workspace={workspace}
      projectId={projectId}
      search={route.useSearch()}
      onSearch={(next) => navigate({ search: next, replace: true })}
      onQueueOpen={(queueId) =>
        navigate({
          to: "/$workspace/projects/$projectId/annotation-queues/$queueId",
          params: { workspace, projectId, queueId },
          search: {},
        })
      }
    />
  );
}
