import { useMutation, useQuery } from "urql";
import { useDeletionToast } from "@/entities/history/useDeletionToast";
import { type DocumentType, graphql } from "@/gql";
import { failureOf } from "@/lib/failure";
import { useLive } from "@/lib/useLive";

const SavedViewsQuery = graphql(`
  query SavedViews($projectId: ID!) {
    dashboards(scope: LOGS, projectId: $projectId, first: 200) {
      nodes {
        id
        name
        description
        config
        lastUpdatedAt
        lastUpdatedBy
      }
    }
  }
`);

const SavedViewChangesSubscription = graphql(`
  subscription SavedViewChanges($after: Position) {
    dashboardChanges(after: $after) {
      position
      kind
      dashboardId
    }
  }
`);

const CreateSavedViewMutation = graphql(`
  mutation CreateSavedView($projectId: ID!, $input: DashboardInput!) {
    createDashboard(scope: LOGS, projectId: $projectId, input: $input) {
      id
    }
  }
`);

const UpdateSavedViewMutation = graphql(`
  mutation UpdateSavedView($id: ID!, $input: DashboardInput!) {
    updateDashboard(scope: LOGS, id: $id, input: $input) {
      id
      name
      description
      config
      lastUpdatedAt
      lastUpdatedBy
    }
  }
`);

const DeleteSavedViewMutation = graphql(`
  mutation DeleteSavedView($id: ID!) {
    deleteDashboards(scope: LOGS, ids: [$id])
  }
`);

export type SavedView = DocumentType<typeof SavedViewsQuery>["dashboards"]["nodes"][number];

type ViewInput = { name?: string; description?: string; config?: string };

/** The views of a project's logs that anybody saved, live, and ways to change them. Each way says what went wrong, if something did. */
export function useSavedViews(projectId: string) {
  const [{ data, error }, read] = useQuery({
    query: SavedViewsQuery,
    variables: { projectId },
    requestPolicy: "cache-and-network",
  });
  const [, create] = useMutation(CreateSavedViewMutation);
  const [, update] = useMutation(UpdateSavedViewMutation);
  const [, remove] = useMutation(DeleteSavedViewMutation);
  const showDeleted = useDeletionToast();
  const refresh = () => read({ requestPolicy: "network-only" });
  useLive({ document: SavedViewChangesSubscription, variables: { after: null }, onChanges: refresh });
  const views = data?.dashboards.nodes ?? null;
  return {
    views: views && [...views].sort((one, other) => one.name.localeCompare(other.name)),
    failure: error && !data ? failureOf(error) : null,
    refresh,
    /** Gives the id of the new view, or says what went wrong. */
    create: async (input: ViewInput): Promise<{ id: string } | { problem: string }> => {
      const answer = await create({ projectId, input });
      const id = answer.data?.createDashboard.id;
      return id ? { id } : { problem: answer.error ? failureOf(answer.error).message : "The view was not saved." };
    },
    update: async (id: string, input: ViewInput) => {
      const answer = await update({ id, input });
      return answer.error ? failureOf(answer.error).message : null;
    },
    remove: async ({ id, name }: SavedView) => {
      const { error: cause } = await remove({ id });
      if (cause) return failureOf(cause).message;
      showDeleted({ text: `Deleted the view ${name}.`, id, kind: "dashboard_deleted" });
      return null;
    },
  };
}
