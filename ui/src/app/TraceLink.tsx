import { Link, useParams } from "@tanstack/react-router";

/** From a turn of a conversation to all that happened in it. */
export function TraceLink({ projectId, traceId }: { projectId: string; traceId: string }) {
  const { workspace = "default" } = useParams({ strict: false });
  return (
    <Link to="/$workspace/projects/$projectId/traces/$traceId" params={{ workspace, projectId, traceId }} search={{}}>
      Open trace
    </Link>
  );
}
