import { Link } from "@tanstack/react-router";
import { Maximize2 } from "lucide-react";
import { lazy, Suspense } from "react";
import { OpenPanel } from "@/app/OpenPanel";
import { buttonClass } from "@/components/Button";
import { Skeleton } from "@/components/Skeleton";
import { patient } from "@/lib/patient";

const ThreadView = lazy(patient(async () => ({ default: (await import("@/app/ThreadView")).ThreadView })));

type ThreadPanelProps = {
  workspace: string;
  projectId: string;
  threadId: string;
  onMove: (step: number) => void;
  onClose: () => void;
};

export function ThreadPanel({ workspace, projectId, threadId, onMove, onClose }: ThreadPanelProps) {
  return (
    <OpenPanel
      noun="thread"
      id={threadId}
      path={() => `/${workspace}/projects/${projectId}/threads/${threadId}`}
      page={
        <Link
          to="/$workspace/projects/$projectId/threads/$threadId"
          params={{ workspace, projectId, threadId }}
          className={buttonClass("quiet", true)}
          aria-label="Open as a page"
          title="Open as a page"
        >
          <Maximize2 aria-hidden />
        </Link>
      }
      onMove={onMove}
      onClose={onClose}
    >
      <Suspense fallback={<Skeleton label="Loading thread" />}>
        <ThreadView key={threadId} projectId={projectId} threadId={threadId} />
      </Suspense>
    </OpenPanel>
  );
}
