import { Link } from "@tanstack/react-router";
import { Plus } from "lucide-react";
import { useRef } from "react";
import { useMutation } from "urql";
import { Button } from "@/components/Button";
import { EmptyState } from "@/components/EmptyState";
import { Found } from "@/components/Found";
import { type ListColumn, ListTable, RowNote, rowLink } from "@/components/ListTable";
import { Page } from "@/components/Page";
import { Time } from "@/components/Time";
import { emptyConfig } from "@/features/dashboards/config";
import { NameDialog } from "@/features/dashboards/NameDialog";
import { type DashboardItem, useDashboardList } from "@/features/dashboards/useDashboardList";
import { graphql } from "@/gql";
import { failureOf } from "@/lib/failure";

const CreateDashboardMutation = graphql(`
  mutation CreateDashboard($input: DashboardInput!) {
    createDashboard(input: $input) {
      id
    }
  }
`);

type DashboardsProps = {
  workspace: string;
  /** Whether the form for a new one is open; the address keeps it. */
  isCreating: boolean;
  onCreating: (isCreating: boolean) => void;
  onDashboardOpen: (id: string) => void;
};

export function Dashboards({ workspace, isCreating, onCreating, onDashboardOpen }: DashboardsProps) {
  const dashboards = useDashboardList();
  const { list, failure } = dashboards;
  const [, createDashboard] = useMutation(CreateDashboardMutation);
  const made = useRef<string | null>(null);
  const create = (
    <Button kind="primary" onPress={() => onCreating(true)}>
      <Plus aria-hidden /> New dashboard
    </Button>
  );
  return (
    <Page title="Dashboards" count={list?.totalCount} actions={list?.items.length ? create : null}>
      <Found what="dashboards" value={failure ? null : list} failure={failure} onRetry={dashboards.refresh}>
        {({ items, hasNextPage }) =>
          items.length === 0 ? (
            <EmptyState title="No dashboards yet" actions={create}>
              Put the figures beside each other that you look at every day. Those that programs make are listed here
              too.
            </EmptyState>
          ) : (
            <ListTable
              label="Dashboards"
              columns={columnsOf(workspace)}
              rows={items}
              keyOf={({ id }) => id}
              more={
                hasNextPage
                  ? {
                      failure: dashboards.moreFailure,
                      isLoading: dashboards.isLoadingMore,
                      onMore: dashboards.loadMore,
                    }
                  : null
              }
            />
          )
        }
      </Found>
      <NameDialog
        title="New dashboard"
        act="Create dashboard"
        named={{ name: "" }}
        isOpen={isCreating}
        // A form that has done its work closes, too: then the way leads on, and not back.
        onClose={() => (made.current ? onDashboardOpen(made.current) : onCreating(false))}
        onSave={async ({ name, description }) => {
          const config = emptyConfig(crypto.randomUUID());
          const answer = await createDashboard({ input: { name, description, config, type: "MULTI_PROJECT" } });
          if (answer.error) return failureOf(answer.error).message;
          made.current = answer.data?.createDashboard.id ?? null;
          return null;
        }}
      />
    </Page>
  );
}

const columnsOf = (workspace: string): ListColumn<DashboardItem>[] => [
  {
    label: "Name",
    cell: (dashboard) => (
      <>
        <Link
          to="/$workspace/dashboards/$dashboardId"
          params={{ workspace, dashboardId: dashboard.id }}
          search={{}}
          className={rowLink}
        >
          {dashboard.name}
        </Link>
        <RowNote>{dashboard.description}</RowNote>
      </>
    ),
  },
  { label: "Project", isMinor: true, cell: ({ project }) => project?.name ?? "all" },
  { label: "Made by", isMinor: true, cell: ({ createdBy }) => createdBy },
  { label: "Changed", cell: ({ lastUpdatedAt }) => <Time at={lastUpdatedAt} style="relative" /> },
];
