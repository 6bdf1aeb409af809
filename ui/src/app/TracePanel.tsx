import { Link } from "@tanstack/react-router";
import { ChevronDown, ChevronUp, Maximize2, X } from "lucide-react";
import { lazy, Suspense } from "react";
import { buttonClass } from "@/components/Button";
import { CopyButton } from "@/components/CopyButton";
import { IconButton } from "@/components/IconButton";
import { Skeleton } from "@/components/Skeleton";
import type { SpanView } from "@/features/spans/spanView";
import { writeQueryString } from "@/lib/queryString";
import styles from "./TracePanel.module.css";

const TraceView = lazy(() => import("@/app/TraceView").then((module) => ({ default: module.TraceView })));

type TracePanelProps = {
  workspace: string;
  projectId: string;
  traceId: string;
  spanId: string | undefined;
  view: SpanView | undefined;
  onSelect: (spanId: string | undefined) => void;
  onView: (view: SpanView) => void;
  onMove: (step: number) => void;
  onClose: () => void;
};

export function TracePanel({ workspace, projectId, traceId, onMove, onClose, ...props }: TracePanelProps) {
  const search = { span: props.spanId, view: props.view };
  const link = () =>
    new URL(`/${workspace}/projects/${projectId}/traces/${traceId}${writeQueryString(search)}`, window.location.origin)
      .href;
  return (
    <aside className={styles.panel} aria-label="Trace">
      <header className={styles.head}>
        <IconButton label="Close" shortcut="Esc" onPress={onClose}>
          <X aria-hidden />
        </IconButton>
        <IconButton label="Next trace" shortcut="J" onPress={() => onMove(1)}>
          <ChevronDown aria-hidden />
        </IconButton>
        <IconButton label="Previous trace" shortcut="K" onPress={() => onMove(-1)}>
          <ChevronUp aria-hidden />
        </IconButton>
        <span className={styles.title} title={traceId}>
          {traceId}
        </span>
        <CopyButton label="Copy link" text={link} isWide />
        <Link
          to="/$workspace/projects/$projectId/traces/$traceId"
          params={{ workspace, projectId, traceId }}
          search={search}
          className={buttonClass("quiet", true)}
          aria-label="Open as a page"
          title="Open as a page"
        >
          <Maximize2 aria-hidden />
        </Link>
      </header>
      <Suspense fallback={<Skeleton label="Loading trace" />}>
        <TraceView key={traceId} traceId={traceId} {...props} />
      </Suspense>
    </aside>
  );
}
