import { Link, linkOptions, useParams } from "@tanstack/react-router";
import type { ReactNode } from "react";
import type { AuditThing } from "@/features/history/useAuditLog";
import type { AuditThingKind } from "@/gql/graphql";

/** The way to what an event of the log is about, if there is a page of it. */
export function ThingLink({ thing, children }: { thing: AuditThing; children: ReactNode }) {
  const { workspace = "default" } = useParams({ strict: false });
  const way = wayInWorkspace(thing, workspace) ?? wayInProject(thing, workspace);
  return way ? <Link {...way}>{children}</Link> : children;
}

/** What is spoken of in the settings has no page of its own. */
const SETTINGS: Partial<Record<AuditThingKind, string>> = {
  WORKSPACE: "preferences",
  FEEDBACK_DEFINITION: "definitions",
  ENVIRONMENT: "environments",
  DERIVED_COLUMN: "columns",
  PRICE: "prices",
  RETENTION_RULE: "retention",
  ERASURE: "erasures",
};

function wayInWorkspace({ kind, id }: AuditThing, workspace: string) {
  const tab = SETTINGS[kind];
  if (tab) return linkOptions({ to: "/$workspace/settings", params: { workspace }, search: { tab } });
  if (kind !== "DASHBOARD" || !id) return null;
  const params = { workspace, dashboardId: id };
  return linkOptions({ to: "/$workspace/dashboards/$dashboardId", params, search: {} });
}

function wayInProject({ kind, id, projectId, within }: AuditThing, workspace: string) {
  if (!id || !projectId) return null;
  const params = { workspace, projectId };
  const toTrace = (traceId: string, search: { span?: string }) =>
    linkOptions({ to: "/$workspace/projects/$projectId/traces/$traceId", params: { ...params, traceId }, search });
  const toAgents = (search: { job?: string }) =>
    linkOptions({ to: "/$workspace/projects/$projectId/agent-playground", params, search });
  switch (kind) {
    case "PROJECT":
      return linkOptions({ to: "/$workspace/projects/$projectId/home", params, search: {} });
    case "TRACE":
      return toTrace(id, {});
    case "SPAN":
      return within ? toTrace(within, { span: id }) : null;
    case "THREAD":
      return linkOptions({
        to: "/$workspace/projects/$projectId/threads/$threadId",
        params: { ...params, threadId: id },
      });
    case "AGENT":
      return linkOptions({ to: "/$workspace/projects/$projectId/agent-configuration", params, search: {} });
    case "INSIGHTS":
      return linkOptions({ to: "/$workspace/projects/$projectId/diagnostics", params, search: {} });
    case "ISSUE":
      return linkOptions({ to: "/$workspace/projects/$projectId/diagnostics", params, search: { issue: id } });
    case "RUNNER":
      return toAgents({});
    case "JOB":
      return toAgents({ job: id });
    default:
      return wayToWork({ kind, id, within }, params);
  }
}

type Work = Pick<AuditThing, "kind" | "within"> & { id: string };

/** What people make to better their applications. */
function wayToWork({ kind, id, within }: Work, params: { workspace: string; projectId: string }) {
  switch (kind) {
    case "PROMPT":
      return linkOptions({
        to: "/$workspace/projects/$projectId/prompts/$promptId",
        params: { ...params, promptId: id },
        search: {},
      });
    case "DATASET":
      return linkOptions({
        to: "/$workspace/projects/$projectId/datasets/$datasetId/items",
        params: { ...params, datasetId: id },
        search: {},
      });
    case "EXPERIMENT":
      if (!within) return null;
      return linkOptions({
        to: "/$workspace/projects/$projectId/experiments/$datasetId/compare",
        params: { ...params, datasetId: within },
        search: { experiments: JSON.stringify([id]) },
      });
    case "OPTIMIZATION":
      return linkOptions({
        to: "/$workspace/projects/$projectId/optimizations/$optimizationId",
        params: { ...params, optimizationId: id },
        search: {},
      });
    case "ALERT":
      return linkOptions({
        to: "/$workspace/projects/$projectId/alerts/$alertId",
        params: { ...params, alertId: id },
      });
    case "ANNOTATION_QUEUE":
      return linkOptions({
        to: "/$workspace/projects/$projectId/annotation-queues/$queueId",
        params: { ...params, queueId: id },
      });
    default:
      return null;
  }
}
