import { getRouteApi } from "@tanstack/react-router";
import { type CSSProperties, useEffect, useRef } from "react";
import { TracePanel } from "@/app/TracePanel";
import { ErrorState } from "@/components/ErrorState";
import { Resizer } from "@/components/Resizer";
import { Segmented } from "@/components/Segmented";
import { Skeleton } from "@/components/Skeleton";
import type { LogsTableHandle } from "@/entities/logs/LogsTable";
import { type LogsSearch, logsTypeOf } from "@/entities/logs/logsSearch";
import { AddToQueue } from "@/features/annotations/AddToQueue";
import { AddToDataset } from "@/features/datasets/AddToDataset";
import { useProjectName } from "@/features/projects/useProjectName";
import { SpanLogs } from "@/features/spans/SpanLogs";
import { parseSpanView } from "@/features/spans/spanView";
import { TraceLogs } from "@/features/traces/TraceLogs";
import { useHotkeys } from "@/lib/hotkeys";
import { rememberPlace } from "@/lib/recents";
import { parseNumber, useStored } from "@/lib/storage";
import styles from "./LogsPage.module.css";

const route = getRouteApi("/$workspace/projects/$projectId/logs");

const TYPES = [
  { id: "traces", label: "Traces" },
  { id: "spans", label: "Spans" },
] as const;

export function LogsPage() {
  const { workspace, projectId } = route.useParams();
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const table = useRef<LogsTableHandle>(null);
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
  const Listed = logsTypeOf(search) === "spans" ? SpanLogs : TraceLogs;
  return (
    <div className={styles.page}>
      <div className={styles.list} style={{ "--share": search.trace ? `${share}%` : "100%" } as CSSProperties}>
        <Listed
          key={`${projectId} ${logsTypeOf(search)}`}
          projectId={projectId}
          projectName={project.name}
          search={search}
          table={table}
          lead={
            <Segmented
              label="What is listed"
              options={TYPES}
              value={logsTypeOf(search)}
              onChange={(type) => navigate({ search: type === "traces" ? {} : { logsType: type } })}
            />
          }
          actions={(selection) => (
            <>
              <AddToDataset
                projectId={projectId}
                recorded={selection.ids.map((id) => ({ kind: logsTypeOf(search) === "spans" ? "SPAN" : "TRACE", id }))}
              />
              {logsTypeOf(search) === "traces" && (
                <AddToQueue projectId={projectId} scope="TRACE" ids={selection.ids} />
              )}
            </>
          )}
          onSearch={(next) => change(next, true)}
          onOpen={onOpen}
          onClose={onClose}
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
