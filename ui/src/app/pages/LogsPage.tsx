import { getRouteApi } from "@tanstack/react-router";
import { type CSSProperties, type ReactNode, type RefObject, useEffect, useRef } from "react";
import { ThreadPanel } from "@/app/ThreadPanel";
import { TracePanel } from "@/app/TracePanel";
import { ErrorState } from "@/components/ErrorState";
import { Resizer } from "@/components/Resizer";
import { Segmented } from "@/components/Segmented";
import type { LogsTableHandle } from "@/entities/logs/LogsTable";
import { type LogsSearch, logsTypeOf } from "@/entities/logs/logsSearch";
import type { Selection } from "@/entities/logs/useSelection";
import { AddToQueue } from "@/features/annotations/AddToQueue";
import { SavedViews } from "@/features/dashboards/SavedViews";
import { AddToDataset } from "@/features/datasets/AddToDataset";
import { parseMoment } from "@/features/history/moment";
import { useProjectName } from "@/features/projects/useProjectName";
import { SpanLogs } from "@/features/spans/SpanLogs";
import { parseSpanView } from "@/features/spans/spanView";
import { ThreadLogs } from "@/features/threads/ThreadLogs";
import { CompareTwo } from "@/features/traces/comparison/CompareTwo";
import { TraceLogs } from "@/features/traces/TraceLogs";
import { useHotkeys } from "@/lib/hotkeys";
import { rememberPlace } from "@/lib/recents";
import { parseNumber, useStored } from "@/lib/storage";
import styles from "./LogsPage.module.css";

const route = getRouteApi("/$workspace/projects/$projectId/logs");

const TYPES = [
  { id: "traces", label: "Traces" },
  { id: "spans", label: "Spans" },
  { id: "threads", label: "Threads" },
] as const;

const NOTHING_OPEN = { trace: undefined, span: undefined, thread: undefined, history: undefined, find: undefined };

export function LogsPage() {
  const { workspace, projectId } = route.useParams();
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const table = useRef<LogsTableHandle>(null);
  const [share, setShare] = useStored("logs.list", parseNumber, 34);
  const project = useProjectName(projectId);

  const { name } = project;
  useEffect(() => {
    if (name)
      rememberPlace({ href: `/${workspace}/projects/${projectId}/logs`, label: `Logs of ${name}`, kind: "project" });
  }, [workspace, projectId, name]);

  const type = logsTypeOf(search);
  const isOpen = (type === "threads" ? search.thread : search.trace) !== undefined;
  const onChange = (next: LogsSearch, replace: boolean) =>
    navigate({ search: (old) => ({ ...old, ...next }), replace });
  const onClose = () => {
    table.current?.focus();
    onChange(NOTHING_OPEN, false);
  };
  const onCompare = (traceId: string, otherId: string) =>
    navigate({
      to: "/$workspace/projects/$projectId/traces/$traceId/compare/$otherId",
      params: { workspace, projectId, traceId, otherId },
      search: {},
    });
  useHotkeys(isOpen ? { Escape: onClose } : {});

  if (project.failure)
    return (
      <ErrorState title="The project could not be read" message={project.failure.message} onRetry={project.onRetry} />
    );
  if (project.isMissing)
    return (
      <ErrorState title="There is no such project" message="It may have been deleted, or the address is mistyped." />
    );
  const lead = (columns: string) => (
    <>
      <Segmented
        label="What is listed"
        options={TYPES}
        value={type}
        onChange={(next) => navigate({ search: next === "traces" ? {} : { logsType: next } })}
      />
      <SavedViews {...{ projectId, search, columns }} onOpen={(next) => navigate({ search: next })} />
    </>
  );
  return (
    <div className={styles.page}>
      <div className={styles.list} style={{ "--share": isOpen ? `${share}%` : "100%" } as CSSProperties}>
        <Listed
          key={`${projectId} ${type}`}
          {...{ projectId, search, table, lead, onChange, onClose, onCompare }}
          projectName={project.name ?? "this project"}
        />
      </div>
      {isOpen && (
        <>
          <Resizer label="Width of the list" value={share} min={15} max={75} onChange={setShare} />
          <div className={styles.panel}>
            <Opened
              {...{ workspace, projectId, search, onChange, onClose }}
              onMove={(step) => table.current?.move(step)}
            />
          </div>
        </>
      )}
    </div>
  );
}

type ListedProps = {
  projectId: string;
  projectName: string;
  search: LogsSearch;
  table: RefObject<LogsTableHandle | null>;
  lead: (columns: string) => ReactNode;
  onChange: (next: LogsSearch, replace: boolean) => void;
  onClose: () => void;
  onCompare: (traceId: string, otherId: string) => void;
};

function Listed({ onChange, onCompare, ...props }: ListedProps) {
  const { projectId, search } = props;
  const type = logsTypeOf(search);
  const onSearch = (next: LogsSearch) => onChange(next, true);
  if (type === "threads") {
    return (
      <ThreadLogs
        {...props}
        actions={({ ids }) => <AddToQueue projectId={projectId} scope="THREAD" ids={ids} />}
        onSearch={onSearch}
        onOpen={(thread) => onChange({ thread }, search.thread !== undefined)}
      />
    );
  }
  const [Logs, kind] = type === "spans" ? ([SpanLogs, "SPAN"] as const) : ([TraceLogs, "TRACE"] as const);
  const actions = ({ ids }: Selection) => (
    <>
      <AddToDataset projectId={projectId} recorded={ids.map((id) => ({ kind, id }))} />
      {kind === "TRACE" && <AddToQueue projectId={projectId} scope="TRACE" ids={ids} />}
      {kind === "TRACE" && <CompareTwo ids={ids} onCompare={onCompare} />}
    </>
  );
  const onOpen = (trace: string, span?: string | null) =>
    onChange({ trace, span: span ?? undefined, history: undefined }, search.trace !== undefined);
  return <Logs {...props} actions={actions} onSearch={onSearch} onOpen={onOpen} />;
}

type OpenedProps = Pick<ListedProps, "projectId" | "search" | "onChange" | "onClose"> & {
  workspace: string;
  onMove: (step: number) => void;
};

function Opened({ search, onChange, ...props }: OpenedProps) {
  if (logsTypeOf(search) === "threads") return search.thread && <ThreadPanel {...props} threadId={search.thread} />;
  return (
    search.trace && (
      <TracePanel
        {...props}
        traceId={search.trace}
        spanId={search.span}
        view={parseSpanView(search.view)}
        onSelect={(span) => onChange({ span }, true)}
        onView={(view) => onChange({ view: parseSpanView(view) }, true)}
        find={search.find}
        onFind={(find) => onChange({ find }, true)}
        history={parseMoment(search.history)}
        onHistory={(history) => onChange({ history }, false)}
      />
    )
  );
}
