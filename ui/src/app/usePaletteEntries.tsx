import { type UseNavigateResult, useNavigate, useParams, useRouter } from "@tanstack/react-router";
import {
  Activity,
  Bell,
  Bot,
  Boxes,
  ChartColumn,
  CircleDollarSign,
  Clock,
  Compass,
  Database,
  Flame,
  FlaskConical,
  FolderOpen,
  GitFork,
  Hourglass,
  House,
  Keyboard,
  LayoutDashboard,
  ListChecks,
  MessageSquareQuote,
  MessagesSquare,
  Rocket,
  Route,
  ScrollText,
  Search,
  Server,
  Settings,
  SlidersHorizontal,
  SquareTerminal,
  Star,
  Stethoscope,
  TableColumnsSplit,
  Target,
  Trash2,
  TriangleAlert,
} from "lucide-react";
import type { PaletteEntry } from "@/app/paletteEntry";
import { usePaletteActions } from "@/app/usePaletteActions";
import { usePaletteFinds } from "@/app/usePaletteFinds";
import type { LogsSearch } from "@/entities/logs/logsSearch";
import { useProjectMatches } from "@/features/projects/useProjectMatches";
import { usePlaceOfId } from "@/features/traces/usePlaceOfId";
import { recentPlaces } from "@/lib/recents";
import { explorerPath } from "@/lib/workspace";

// What the command palette offers for the words that have been typed.

type PaletteOptions = { text: string; isOpen: boolean; onKeys: () => void };

export function usePaletteEntries({ text, isOpen, onKeys }: PaletteOptions) {
  const { workspace = "default", projectId } = useParams({ strict: false });
  const navigate = useNavigate();
  const { history } = useRouter();
  const words = text.trim();
  const projects = useProjectMatches(words, isOpen);
  const place = usePlaceOfId(words);
  const actions = usePaletteActions();
  const { named, hits, isSearching } = usePaletteFinds({ words: isOpen ? words : "", workspace, projectId });

  const toLogs = (id: string, search: LogsSearch) => () =>
    navigate({ to: "/$workspace/projects/$projectId/logs", params: { workspace, projectId: id }, search });
  const found: PaletteEntry[] = [];
  if (place) {
    const { projectId: home, traceId, spanId } = place;
    const params = { workspace, projectId: home, traceId };
    const run = () =>
      navigate({
        to: "/$workspace/projects/$projectId/traces/$traceId",
        params,
        search: spanId ? { span: spanId } : {},
      });
    found.push({ id: "place", group: "Found by ID", label: place.label, Icon: Route, run });
  }
  const fixed: PaletteEntry[] = [
    ...(projectId ? placesOf({ workspace, projectId, navigate, toLogs }) : []),
    ...workspacePlaces({ workspace, navigate }),
    { id: "keys", label: "Keyboard shortcuts", Icon: Keyboard, run: onKeys },
    {
      id: "graphiql",
      label: "GraphiQL",
      Icon: SquareTerminal,
      run: () => window.location.assign(explorerPath(workspace)),
    },
  ].map((entry) => ({ ...entry, group: "Go to" }));
  const recents = (isOpen ? recentPlaces() : [])
    .filter(({ href }) => href !== history.location.pathname)
    .map(({ href, label }) => ({
      id: `recent ${href}`,
      group: "Recent",
      label,
      Icon: Clock,
      run: () => history.push(href),
    }));
  const parts = words.toLowerCase().split(/\s+/);
  const matches = ({ label }: PaletteEntry) => parts.every((part) => label.toLowerCase().includes(part));
  found.push(...recents.filter(matches));
  for (const { id, name } of projects) {
    // What was found for the words before is offered only if it fits these.
    if (!name.toLowerCase().includes(words.toLowerCase())) continue;
    const run = () =>
      navigate({ to: "/$workspace/projects/$projectId/home", params: { workspace, projectId: id }, search: {} });
    found.push({ id: `project ${id}`, group: "Projects", label: name, Icon: FolderOpen, run });
  }
  found.push(...fixed.filter(matches), ...actions.filter(matches), ...named);
  if (words !== "" && !place) {
    if (projectId) {
      const label = `Search this project for “${words}”`;
      found.push({ id: "search", group: "Search", label, Icon: Search, run: toLogs(projectId, { q: words }) });
    }
    const run = () => navigate({ to: "/$workspace/search", params: { workspace }, search: { q: words } });
    found.push({ id: "search all", group: "Search", label: `Search everything for “${words}”`, Icon: Search, run });
  }
  found.push(...hits);
  return { entries: found, isSearching };
}

type PlacesOptions = {
  workspace: string;
  projectId: string;
  navigate: UseNavigateResult<string>;
  toLogs: (id: string, search: LogsSearch) => () => void;
};

/** What there is beside the projects. */
function workspacePlaces({
  workspace,
  navigate,
}: Pick<PlacesOptions, "workspace" | "navigate">): Omit<PaletteEntry, "group">[] {
  const params = { workspace };
  const toSettings = (tab?: string) => () => navigate({ to: "/$workspace/settings", params, search: { tab } });
  return [
    { id: "settings", label: "Settings", Icon: Settings, run: toSettings() },
    {
      id: "search page",
      label: "Search everything",
      Icon: Search,
      run: () => navigate({ to: "/$workspace/search", params, search: {} }),
    },
    {
      id: "dashboards",
      label: "Dashboards",
      Icon: LayoutDashboard,
      run: () => navigate({ to: "/$workspace/dashboards", params, search: {} }),
    },
    {
      id: "trash",
      label: "Trash of the workspace",
      Icon: Trash2,
      run: () => navigate({ to: "/$workspace/trash", params, search: {} }),
    },
    {
      id: "audit",
      label: "Audit log",
      Icon: ScrollText,
      run: () => navigate({ to: "/$workspace/audit-log", params, search: {} }),
    },
    { id: "definitions", label: "Feedback definitions", Icon: Star, run: toSettings() },
    { id: "environments", label: "Environments", Icon: Server, run: toSettings("environments") },
    {
      id: "preferences",
      label: "Preferences of the workspace",
      Icon: SlidersHorizontal,
      run: toSettings("preferences"),
    },
    { id: "derived", label: "Derived columns", Icon: TableColumnsSplit, run: toSettings("columns") },
    { id: "prices", label: "Prices of models", Icon: CircleDollarSign, run: toSettings("prices") },
    { id: "retention", label: "Retention of traces", Icon: Hourglass, run: toSettings("retention") },
    { id: "erasures", label: "Erasures", Icon: Flame, run: toSettings("erasures") },
    {
      id: "workspaces",
      label: "Workspaces",
      Icon: Boxes,
      run: () => navigate({ to: "/$workspace/workspaces", params, search: {} }),
    },
    {
      id: "fork",
      label: "Fork this workspace…",
      Icon: GitFork,
      run: () => navigate({ to: "/$workspace/workspaces", params, search: { fork: "true" } }),
    },
    {
      id: "projects",
      label: "Projects",
      Icon: Compass,
      run: () => navigate({ to: "/$workspace/projects", params, search: {} }),
    },
    {
      id: "start",
      label: "Get started",
      Icon: Rocket,
      run: () => navigate({ to: "/$workspace/get-started", params }),
    },
  ];
}

type Place =
  | "home"
  | "dashboards"
  | "prompts"
  | "agent-configuration"
  | "agent-playground"
  | "datasets"
  | "experiments"
  | "optimizations"
  | "annotation-queues"
  | "diagnostics"
  | "alerts"
  | "activity"
  | "trash";

/** What there is within a project. */
function placesOf({ workspace, projectId, navigate, toLogs }: PlacesOptions): Omit<PaletteEntry, "group">[] {
  const params = { workspace, projectId };
  const to = (place: Place) => () => navigate({ to: `/$workspace/projects/$projectId/${place}`, params, search: {} });
  return [
    { id: "home", label: "Home of this project", Icon: House, run: to("home") },
    { id: "logs", label: "Logs of this project", Icon: Route, run: toLogs(projectId, {}) },
    {
      id: "failed",
      label: "Failed traces of this project",
      Icon: TriangleAlert,
      run: toLogs(projectId, { filter: "error:true" }),
    },
    {
      id: "threads",
      label: "Threads of this project",
      Icon: MessagesSquare,
      run: toLogs(projectId, { logsType: "threads" }),
    },
    { id: "glance", label: "At a glance: this project", Icon: ChartColumn, run: to("dashboards") },
    { id: "diagnostics", label: "Diagnostics of this project", Icon: Stethoscope, run: to("diagnostics") },
    { id: "alerts", label: "Alerts of this project", Icon: Bell, run: to("alerts") },
    { id: "prompts", label: "Prompts of this project", Icon: MessageSquareQuote, run: to("prompts") },
    {
      id: "agent configuration",
      label: "Agent configuration of this project",
      Icon: SlidersHorizontal,
      run: to("agent-configuration"),
    },
    { id: "playground", label: "Agent playground of this project", Icon: Bot, run: to("agent-playground") },
    { id: "datasets", label: "Datasets of this project", Icon: Database, run: to("datasets") },
    { id: "experiments", label: "Experiments of this project", Icon: FlaskConical, run: to("experiments") },
    { id: "optimizations", label: "Optimizations of this project", Icon: Target, run: to("optimizations") },
    { id: "queues", label: "Annotation queues of this project", Icon: ListChecks, run: to("annotation-queues") },
    { id: "activity", label: "Activity of this project", Icon: Activity, run: to("activity") },
    { id: "project trash", label: "Trash of this project", Icon: Trash2, run: to("trash") },
  ];
}
