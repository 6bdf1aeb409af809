import { createRootRoute, createRoute, createRouter, lazyRouteComponent, redirect } from "@tanstack/react-router";
import { CrashPage } from "@/app/pages/CrashPage";
import { GetStartedPage } from "@/app/pages/GetStartedPage";
import { LogsPage } from "@/app/pages/LogsPage";
import { NotFoundPage } from "@/app/pages/NotFoundPage";
import { ProjectsPage } from "@/app/pages/ProjectsPage";
import { Shell } from "@/app/Shell";
import { Skeleton } from "@/components/Skeleton";
import { parseLogsSearch } from "@/entities/logs/logsSearch";
import { parseSpanView, type SpanView } from "@/features/spans/spanView";
import { parseQueryString, writeQueryString } from "@/lib/queryString";

const text = (value: unknown) => (typeof value === "string" && value !== "" ? value : undefined);

const rootRoute = createRootRoute({ component: Shell, notFoundComponent: NotFoundPage });
const DEFAULT_WORKSPACE = { workspace: "default" };

const homeRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/",
  beforeLoad: () => {
    throw redirect({ to: "/$workspace/projects", params: DEFAULT_WORKSPACE, search: {} });
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
  validateSearch: (raw: Record<string, unknown>): { name?: string } => ({ name: text(raw.name) }),
  component: ProjectsPage,
});

const getStartedRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/$workspace/get-started",
  component: GetStartedPage,
});

const projectRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/$workspace/projects/$projectId",
  beforeLoad: ({ params }) => {
    throw redirect({ to: "/$workspace/projects/$projectId/logs", params, search: {}, replace: true });
  },
});

const logsRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/$workspace/projects/$projectId/logs",
  validateSearch: parseLogsSearch,
  component: LogsPage,
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
  validateSearch: (raw: Record<string, unknown>): { span?: string; view?: SpanView } => ({
    span: text(raw.span),
    view: parseSpanView(raw.view),
  }),
  component: lazyRouteComponent(() => import("@/app/pages/TracePage"), "TracePage"),
});

export const router = createRouter({
  routeTree: rootRoute.addChildren([
    homeRoute,
    workspaceRoute,
    projectsRoute,
    getStartedRoute,
    projectRoute,
    logsRoute,
    tracesRoute,
    traceRoute,
  ]),
  parseSearch: parseQueryString,
  stringifySearch: writeQueryString,
  defaultPendingComponent: () => <Skeleton label="Loading" />,
  defaultErrorComponent: CrashPage,
  defaultPreload: "intent",
});

declare module "@tanstack/react-router" {
  interface Register {
    router: typeof router;
  }
}
