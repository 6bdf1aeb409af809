import { getRouteApi } from "@tanstack/react-router";
import { ThreadView } from "@/app/ThreadView";

const route = getRouteApi("/$workspace/projects/$projectId/threads/$threadId");

export function ThreadPage() {
  const { projectId, threadId } = route.useParams();
  return (
    <>
      <h1 className="visually-hidden">Thread</h1>
      <ThreadView key={threadId} projectId={projectId} threadId={threadId} />
    </>
  );
}
