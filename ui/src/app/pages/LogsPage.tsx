import { getRouteApi } from "@tanstack/react-router";
import { type CSSProperties, useEffect, useRef } from "react";
import { TracePanel } from "@/app/TracePanel";
import { ErrorState } from "@/components/ErrorState";
import { Resizer } from "@/components/Resizer";
import { Skeleton } from "@/components/Skeleton";
import { useProjectName } from "@/features/projects/useProjectName";
import { parseSpanView } from "@/features/spans/spanView";
import type { LogsSearch } from "@/features/traces/logsSearch";
import { TraceLogs } from "@/features/traces/TraceLogs";
import type { TracesTableHandle } from "@/features/traces/TracesTable";
import { useHotkeys } from "@/lib/hotkeys";
import { rememberPlace } from "@/lib/recents";
import { parseNumber, useStored } from "@/lib/storage";
import styles from "./LogsPage.module.css";

const route = getRouteApi("/$workspace/projects/$projectId/logs");

export function LogsPage() {
  const { workspace, projectId } = route.useParams();
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const table = useRef<TracesTableHandle>(null);
  const [share, setShare] = useStored("logs.list", parseNumber, 34);
  const project = useProjectName(projectId);

  const { name } = project;
  useEffect(() => {
    if (name) rememberPlace({ href: `/${workspace}/projects/${projectId}/logs`, label: name, kind: "project" });
  }, [workspace, projectId, name]);

  const change = (next: LogsSearch, replace: boolean) => navigate({ search: (old) => ({ ...old, ...next }), replace });
  const onOpen = (trace: string, span?: string | null) =>
    change({ trace, span: span ?? undefined }, search.trace !== undefined);
  const onClose = () => {
    table.current?.focus();
    change({ trace: undefined, span: undefined }, false);
  };
  useHotkeys(search.trace ? { Escape: onClose } : {});

  if (project.failure)
    return (
      <ErrorState title="The project could not be read" message={project.failure.message} onRetry={project.onRetry} />
    );
  if (project.isMissing)
    return (
      <ErrorState title="There is no such project" message="It may have been deleted, or the address is mistyped." />
    );
  if (project.name === null) return <Skeleton label="Loading project" />;
  return (
    <div className={styles.page}>
      <div className={styles.list} style={{ "--share": search.trace ? `${share}%` : "100%" } as CSSProperties}>
        <TraceLogs
          key={projectId}
          projectId={projectId}
          projectName={project.name}
          search={search}
          table={table}
          onSearch={(next) => change(next, true)}
          onOpen={onOpen}
        />
      </div>
      {search.trace && (
        <>
          <Resizer label="Width of the list" value={share} min={15} max={75} onChange={setShare} />
          <div className={styles.panel}>
            <TracePanel
              workspace={workspace}
              projectId={projectId}
              traceId={search.trace}
              spanId={search.span}
              view={parseSpanView(search.view)}
              onSelect={(span) => change({ span }, true)}
              onView={(view) => change({ view: parseSpanView(view) }, true)}
              onMove={(step) => table.current?.move(step)}
              onClose={onClose}
            />
          </div>
        </>
      )}
    </div>
  );
}
