import {
  createRootRouteWithContext,
  createRoute,
  createRouter,
  lazyRouteComponent,
  redirect,
} from "@tanstack/react-router";
import type { Client } from "@urql/core";
import { Layout } from "@/app/Layout";
import { CrashPage } from "@/app/pages/CrashPage";
import { GetStartedPage } from "@/app/pages/GetStartedPage";
import { NotFoundPage } from "@/app/pages/NotFoundPage";
import { ProjectsPage } from "@/app/pages/ProjectsPage";
import { Skeleton } from "@/components/Skeleton";
import { logsTypeOf, parseLogsSearch } from "@/entities/logs/logsSearch";
import { type Moment, parseMoment } from "@/features/history/moment";
import { readProjectNameAhead } from "@/features/projects/useProjectName";
import { parseSpanView, type SpanView } from "@/features/spans/spanView";
import { readTracesAhead } from "@/features/traces/readTraces";
import { patient } from "@/lib/patient";
import { parseQueryString, writeQueryString } from "@/lib/queryString";
import { WORKSPACE, workspaceOf } from "@/lib/workspace";

const text = (value: unknown) => (typeof value === "string" && value !== "" ? value : undefined);

/** Of a query string the texts under these names, where they say something. */
const texts =
  <Name extends string>(...names: Name[]) =>
  (raw: Record<string, unknown>): { [Key in Name]?: string | undefined } =>
    Object.fromEntries(names.map((name) => [name, text(raw[name])])) as { [Key in Name]?: string | undefined };

const page: typeof lazyRouteComponent = (load, name) => lazyRouteComponent(patient(load), name);

const DATASET_SEARCH = texts("tab", "version", "q", "filter", "history");
const COMPARISON_SEARCH = texts(
  "experiments",
  "tab",
  "measure",
  "against",
  "order",
  "sort",
  "change",
  "item",
  "scores",
  "differing",
  "filter",
  "history",
);

type Parent = (typeof PARENTS)[keyof typeof PARENTS];

/** Lists of things that have pages of their own. */
const PARENTS = {
  prompts: { title: "Prompts", to: "/$workspace/projects/$projectId/prompts" },
  datasets: { title: "Datasets", to: "/$workspace/projects/$projectId/datasets" },
  experiments: { title: "Experiments", to: "/$workspace/projects/$projectId/experiments" },
  optimizations: { title: "Optimizations", to: "/$workspace/projects/$projectId/optimizations" },
  queues: { title: "Annotation queues", to: "/$workspace/projects/$projectId/annotation-queues" },
  alerts: { title: "Alerts", to: "/$workspace/projects/$projectId/alerts" },
  dashboards: { title: "Dashboards", to: "/$workspace/dashboards" },
} as const;

const rootRoute = createRootRouteWithContext<{ client: Client }>()({
  beforeLoad: ({ location }) => {
    if (workspaceOf({ pathname: location.pathname, search: location.searchStr }) === WORKSPACE) return;
    window.location.assign(location.href);
  },
  component: Layout,
  notFoundComponent: NotFoundPage,
});
const OWN_WORKSPACE = { workspace: WORKSPACE };

const homeRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/",
  beforeLoad: () => {
    throw redirect({ to: "/$workspace/projects", params: OWN_WORKSPACE, search: {} });
  },
});

const workspaceRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/$workspace",
  beforeLoad: ({ params }) => {
    throw redirect({ to: "/$workspace/projects", params, search: {} });
  },
});

const projectsRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/$workspace/projects",
  staticData: { title: "Projects" },
  validateSearch: texts("name", "sort", "create"),
  component: ProjectsPage,
});

const getStartedRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/$workspace/get-started",
  staticData: { title: "Get started" },
  component: GetStartedPage,
});

const projectRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/$workspace/projects/$projectId",
  beforeLoad: ({ params }) => {
    throw redirect({ to: "/$workspace/projects/$projectId/home", params, search: {}, replace: true });
  },
});

const projectHomeRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/$workspace/projects/$projectId/home",
  staticData: { title: "Home" },
  validateSearch: texts("range"),
  component: page(() => import("@/app/pages/ProjectHomePage"), "ProjectHomePage"),
});

const logsRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/$workspace/projects/$projectId/logs",
  staticData: { title: "Logs" },
  validateSearch: parseLogsSearch,
  beforeLoad: ({ cause, context: { client }, params: { projectId }, search }) => {
    // What the page asks first is asked while its code is on its way. A page that is there asks by itself.
    if (cause === "stay") return;
    readProjectNameAhead(client, projectId);
    if (logsTypeOf(search) === "traces") readTracesAhead(client, projectId, search);
  },
  component: page(() => import("@/app/pages/LogsPage"), "LogsPage"),
});

// Clients print links of this form.
const tracesRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/$workspace/projects/$projectId/traces",
  validateSearch: parseLogsSearch,
  beforeLoad: ({ params, search }) => {
    throw redirect({ to: "/$workspace/projects/$projectId/logs", params, search, replace: true });
  },
});

const traceRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/$workspace/projects/$projectId/traces/$traceId",
  staticData: { title: "Trace" },
  validateSearch: (
    raw: Record<string, unknown>,
  ): { span?: string; view?: SpanView; find?: string; history?: Moment } => ({
    span: text(raw.span),
    view: parseSpanView(raw.view),
    find: text(raw.find),
    history: parseMoment(raw.history),
  }),
  component: page(() => import("@/app/pages/TracePage"), "TracePage"),
});

const traceComparisonRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/$workspace/projects/$projectId/traces/$traceId/compare/$otherId",
  staticData: { title: "Comparison of traces" },
  validateSearch: (raw: Record<string, unknown>): { span?: string | undefined; only?: "differences" | undefined } => ({
    span: text(raw.span),
    only: raw.only === "differences" ? raw.only : undefined,
  }),
  component: page(() => import("@/app/pages/TraceComparisonPage"), "TraceComparisonPage"),
});

const threadRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/$workspace/projects/$projectId/threads/$threadId",
  staticData: { title: "Thread" },
  component: page(() => import("@/app/pages/ThreadPage"), "ThreadPage"),
});

const promptsRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/$workspace/projects/$projectId/prompts",
  staticData: { title: "Prompts" },
  validateSearch: texts("name", "sort", "create"),
  component: page(() => import("@/app/pages/PromptsPage"), "PromptsPage"),
});

const promptRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/$workspace/projects/$projectId/prompts/$promptId",
  staticData: { title: "Prompt", parent: PARENTS.prompts },
  validateSearch: texts("version", "compare", "find", "history"),
  component: page(() => import("@/app/pages/PromptPage"), "PromptPage"),
});

const settingsRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/$workspace/settings",
  staticData: { title: "Settings" },
  validateSearch: texts("tab", "ended", "sort"),
  component: page(() => import("@/app/pages/SettingsPage"), "SettingsPage"),
});

const agentPlaygroundRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/$workspace/projects/$projectId/agent-playground",
  staticData: { title: "Agent playground" },
  validateSearch: texts("agent", "job", "span", "view"),
  component: page(() => import("@/app/pages/AgentPlaygroundPage"), "AgentPlaygroundPage"),
});

const agentConfigurationRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/$workspace/projects/$projectId/agent-configuration",
  staticData: { title: "Agent configuration" },
  validateSearch: texts("version", "compare", "mask", "history"),
  component: page(() => import("@/app/pages/AgentConfigurationPage"), "AgentConfigurationPage"),
});

const datasetsRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/$workspace/projects/$projectId/datasets",
  staticData: { title: "Datasets" },
  validateSearch: texts("name", "sort", "kind", "create"),
  component: page(() => import("@/app/pages/DatasetsPage"), "DatasetsPage"),
});

const datasetRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/$workspace/projects/$projectId/datasets/$datasetId/items",
  staticData: { title: "Dataset", parent: PARENTS.datasets },
  validateSearch: DATASET_SEARCH,
  component: page(() => import("@/app/pages/DatasetPage"), "DatasetPage"),
});

const experimentsRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/$workspace/projects/$projectId/experiments",
  staticData: { title: "Experiments" },
  validateSearch: texts("dataset", "filter", "sort", "trials", "group", "prompt"),
  component: page(() => import("@/app/pages/ExperimentsPage"), "ExperimentsPage"),
});

const comparisonRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/$workspace/projects/$projectId/experiments/$datasetId/compare",
  staticData: { title: "Comparison", parent: PARENTS.experiments },
  validateSearch: COMPARISON_SEARCH,
  component: page(() => import("@/app/pages/ComparisonPage"), "ComparisonPage"),
});

const optimizationsRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/$workspace/projects/$projectId/optimizations",
  staticData: { title: "Optimizations" },
  validateSearch: texts("name", "status", "sort"),
  component: page(() => import("@/app/pages/OptimizationsPage"), "OptimizationsPage"),
});

const optimizationRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/$workspace/projects/$projectId/optimizations/$optimizationId",
  staticData: { title: "Optimization", parent: PARENTS.optimizations },
  validateSearch: texts("sort"),
  component: page(() => import("@/app/pages/OptimizationPage"), "OptimizationPage"),
});

// Clients print links of this form: they know the name of a project, not its id.
const projectPlaceRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/$workspace/redirect/projects",
  validateSearch: texts("name"),
  component: page(() => import("@/app/pages/ProjectPlacePage"), "ProjectPlacePage"),
});

// Clients know a dataset of tests by a name of its own; here it is a dataset like others.
const suiteRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/$workspace/projects/$projectId/test-suites/$datasetId/items",
  beforeLoad: ({ params }) => {
    throw redirect({
      to: "/$workspace/projects/$projectId/datasets/$datasetId/items",
      params,
      search: {},
      replace: true,
    });
  },
});

// Clients print links without a project for what stands outside of all projects, or did so when they began.
const datasetPlaceRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/$workspace/datasets/$datasetId/items",
  staticData: { title: "Dataset", parent: PARENTS.datasets },
  validateSearch: DATASET_SEARCH,
  component: page(() => import("@/app/pages/DatasetPlacePage"), "DatasetPlacePage"),
});

const bareDatasetRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/$workspace/datasets/$datasetId",
  beforeLoad: ({ params }) => {
    throw redirect({ to: "/$workspace/datasets/$datasetId/items", params, search: {}, replace: true });
  },
});

const comparisonPlaceRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/$workspace/experiments/$datasetId/compare",
  staticData: { title: "Comparison", parent: PARENTS.experiments },
  validateSearch: COMPARISON_SEARCH,
  component: page(() => import("@/app/pages/ComparisonPlacePage"), "ComparisonPlacePage"),
});

const pairingRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/opik/pair/v1",
  staticData: { title: "Connect a machine" },
  validateSearch: texts("project", "workspace"),
  component: page(() => import("@/app/pages/PairingPage"), "PairingPage"),
});

// Clients print links of this form for one that stands outside of all projects, or that lately got one.
const optimizationPlaceRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/$workspace/optimizations/$optimizationId",
  staticData: { title: "Optimization", parent: PARENTS.optimizations },
  validateSearch: texts("sort"),
  component: page(() => import("@/app/pages/OptimizationPlacePage"), "OptimizationPlacePage"),
});

const queuesRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/$workspace/projects/$projectId/annotation-queues",
  staticData: { title: "Annotation queues" },
  validateSearch: texts("name", "sort", "create"),
  component: page(() => import("@/app/pages/QueuesPage"), "QueuesPage"),
});

const queueRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/$workspace/projects/$projectId/annotation-queues/$queueId",
  staticData: { title: "Annotation queue", parent: PARENTS.queues },
  validateSearch: texts("sort"),
  component: page(() => import("@/app/pages/QueuePage"), "QueuePage"),
});

const reviewRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/$workspace/projects/$projectId/annotation-queues/$queueId/review",
  staticData: { title: "Review", parent: PARENTS.queues },
  validateSearch: texts("item"),
  component: page(() => import("@/app/pages/ReviewPage"), "ReviewPage"),
});

// Clients know the link of a queue for those who only judge by this form.
const reviewersRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/$workspace/sme",
  staticData: { title: "Review", parent: PARENTS.queues, isAlone: true },
  validateSearch: texts("queueId", "step", "item"),
  component: page(() => import("@/app/pages/ReviewersPage"), "ReviewersPage"),
});

const alertsRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/$workspace/projects/$projectId/alerts",
  staticData: { title: "Alerts" },
  validateSearch: texts("name", "sort"),
  component: page(() => import("@/app/pages/AlertsPage"), "AlertsPage"),
});

const newAlertRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/$workspace/projects/$projectId/alerts/new",
  staticData: { title: "New alert", parent: PARENTS.alerts },
  component: page(() => import("@/app/pages/NewAlertPage"), "NewAlertPage"),
});

const alertRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/$workspace/projects/$projectId/alerts/$alertId",
  staticData: { title: "Alert", parent: PARENTS.alerts },
  component: page(() => import("@/app/pages/AlertPage"), "AlertPage"),
});

const searchRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/$workspace/search",
  staticData: { title: "Search" },
  validateSearch: texts("q", "in", "project"),
  component: page(() => import("@/app/pages/SearchPage"), "SearchPage"),
});

const dashboardsRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/$workspace/dashboards",
  staticData: { title: "Dashboards" },
  validateSearch: texts("name", "sort", "create"),
  component: page(() => import("@/app/pages/DashboardsPage"), "DashboardsPage"),
});

const dashboardRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/$workspace/dashboards/$dashboardId",
  staticData: { title: "Dashboard", parent: PARENTS.dashboards },
  validateSearch: texts("range"),
  component: page(() => import("@/app/pages/DashboardPage"), "DashboardPage"),
});

const glanceRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/$workspace/projects/$projectId/dashboards",
  staticData: { title: "At a glance" },
  validateSearch: texts("range", "filter", "history"),
  component: page(() => import("@/app/pages/GlancePage"), "GlancePage"),
});

const diagnosticsRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/$workspace/projects/$projectId/diagnostics",
  staticData: { title: "Diagnostics" },
  validateSearch: texts("status", "severity", "sort", "issue"),
  component: page(() => import("@/app/pages/DiagnosticsPage"), "DiagnosticsPage"),
});

const workspacesRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/$workspace/workspaces",
  staticData: { title: "Workspaces" },
  validateSearch: texts("fork"),
  component: page(() => import("@/app/pages/WorkspacesPage"), "WorkspacesPage"),
});

const trashRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/$workspace/trash",
  staticData: { title: "Trash" },
  validateSearch: texts("kind", "thing", "history"),
  component: page(() => import("@/app/pages/TrashPage"), "TrashPage"),
});

const auditLogRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/$workspace/audit-log",
  staticData: { title: "Audit log" },
  validateSearch: texts("events", "area", "action", "who", "from", "until", "request", "thing", "at", "history"),
  component: page(() => import("@/app/pages/AuditLogPage"), "AuditLogPage"),
});

const activityRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/$workspace/projects/$projectId/activity",
  staticData: { title: "Activity" },
  validateSearch: texts("area", "events"),
  component: page(() => import("@/app/pages/ActivityPage"), "ActivityPage"),
});

const projectTrashRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/$workspace/projects/$projectId/trash",
  staticData: { title: "Trash" },
  validateSearch: texts("kind", "thing", "history"),
  component: page(() => import("@/app/pages/TrashPage"), "TrashPage"),
});

const routeTree = rootRoute.addChildren([
  homeRoute,
  workspaceRoute,
  projectsRoute,
  getStartedRoute,
  projectRoute,
  projectHomeRoute,
  logsRoute,
  tracesRoute,
  traceRoute,
  traceComparisonRoute,
  threadRoute,
  promptsRoute,
  promptRoute,
  agentConfigurationRoute,
  agentPlaygroundRoute,
  datasetsRoute,
  datasetRoute,
  experimentsRoute,
  comparisonRoute,
  optimizationsRoute,
  optimizationRoute,
  optimizationPlaceRoute,
  projectPlaceRoute,
  suiteRoute,
  datasetPlaceRoute,
  bareDatasetRoute,
  comparisonPlaceRoute,
  pairingRoute,
  queuesRoute,
  queueRoute,
  reviewRoute,
  reviewersRoute,
  alertsRoute,
  newAlertRoute,
  alertRoute,
  searchRoute,
  dashboardsRoute,
  dashboardRoute,
  glanceRoute,
  diagnosticsRoute,
  workspacesRoute,
  trashRoute,
  auditLogRoute,
  activityRoute,
  projectTrashRoute,
  settingsRoute,
]);

export const createAppRouter = (client: Client) =>
  createRouter({
    routeTree,
    context: { client },
    parseSearch: parseQueryString,
    stringifySearch: writeQueryString,
    defaultPendingComponent: () => <Skeleton label="Loading" />,
    defaultErrorComponent: CrashPage,
    defaultPreload: "intent",
  });

declare module "@tanstack/react-router" {
  interface StaticDataRouteOption {
    /** How the page is called, as long as it says nothing better itself. */
    title?: string;
    /** The list that it is of. */
    parent?: Parent;
    /** It stands without the navigation of the application, for people who come for it alone. */
    isAlone?: boolean;
  }
  interface Register {
    router: ReturnType<typeof createAppRouter>;
  }
}
