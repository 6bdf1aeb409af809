import { useMemo, useState } from "react";
import { useMutation, useQuery } from "urql";
import { type Config, parseConfig } from "@/features/dashboards/config";
import { graphql } from "@/gql";
import { failureOf } from "@/lib/failure";
import { showToast } from "@/lib/toasts";
import { useLive } from "@/lib/useLive";

const DashboardQuery = graphql(`
  query Dashboard($id: ID!) {
    dashboard(id: $id) {
      id
      name
      description
      projectId
      type
      scope
      config
      lastUpdatedAt
    }
  }
`);

// What a colleague changes comes into the cache by itself, as the dashboard has the same id there.
const DashboardChangesSubscription = graphql(`
  subscription DashboardChanges($id: ID!, $after: Position) {
    dashboardChanges(id: $id, after: $after) {
      position
      kind
      dashboardId
      dashboard {
        id
        name
        description
        config
        lastUpdatedAt
      }
    }
  }
`);

const UpdateDashboardMutation = graphql(`
  mutation UpdateDashboard($id: ID!, $input: DashboardInput!, $scope: DashboardScope!) {
    updateDashboard(id: $id, input: $input, scope: $scope) {
      id
      name
      description
      config
      lastUpdatedAt
    }
  }
`);

/** A dashboard, live, and ways to change it: what one does is seen at once and saved behind it. */
export function useDashboard(id: string) {
  const [{ data, error, fetching }, read] = useQuery({
    query: DashboardQuery,
    variables: { id },
    requestPolicy: "cache-and-network",
  });
  const [{ fetching: isSaving }, update] = useMutation(UpdateDashboardMutation);
  useLive({ document: DashboardChangesSubscription, variables: { id, after: null }, onChanges: () => {} });
  const [draft, setDraft] = useState<Config | null>(null);
  const dashboard = data?.dashboard ?? null;
  const saved = useMemo(() => (dashboard ? parseConfig(dashboard.config) : null), [dashboard]);
  const scope = dashboard?.scope ?? "WORKSPACE";

  const save = async (next: Config) => {
    setDraft(next);
    const answer = await update({ id, scope, input: { config: JSON.stringify(next) } });
    // What was laid out meanwhile is on its way itself.
    setDraft((now) => (now === next ? null : now));
    if (answer.error) showToast(failureOf(answer.error).message);
  };
  const rename = async (input: { name: string; description: string }) => {
    const answer = await update({ id, scope, input });
    return answer.error ? failureOf(answer.error).message : null;
  };
  return {
    dashboard,
    config: draft ?? saved,
    isMissing: data !== undefined && !dashboard && !fetching,
    isSaving,
    failure: error && !data ? failureOf(error) : null,
    refresh: () => read({ requestPolicy: "network-only" }),
    save,
    rename,
  };
}
