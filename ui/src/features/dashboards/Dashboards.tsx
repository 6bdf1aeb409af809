import { Link } from "@tanstack/react-router";
import { Plus } from "lucide-react";
import { useRef, useState } from "react";
import { useMutation, useQuery } from "urql";
import { Button } from "@/components/Button";
import { EmptyState } from "@/components/EmptyState";
import { Found } from "@/components/Found";
import { type ListColumn, ListTable, RowNote, rowLink } from "@/components/ListTable";
import { Page } from "@/components/Page";
import { Time } from "@/components/Time";
import { emptyConfig } from "@/features/dashboards/config";
import { NameDialog } from "@/features/dashboards/NameDialog";
import { type DocumentType, graphql } from "@/gql";
import { failureOf } from "@/lib/failure";
import { useLive } from "@/lib/useLive";

const DashboardsQuery = graphql(`
  query Dashboards {
    server {
      position
    }
    dashboards(first: 200) {
      nodes {
        id
        name
        description
        project {
          id
          name
        }
        createdBy
        lastUpdatedAt
      }
      totalCount
    }
  }
`);

const DashboardsChangedSubscription = graphql(`
  subscription DashboardsChanged($after: Position) {
    dashboardChanges(after: $after) {
      position
      kind
      dashboardId
    }
  }
`);

const CreateDashboardMutation = graphql(`
  mutation CreateDashboard($input: DashboardInput!) {
    createDashboard(input: $input) {
      id
    }
  }
`);

type DashboardItem = DocumentType<typeof DashboardsQuery>["dashboards"]["nodes"][number];

type DashboardsProps = {
  workspace: string;
  /** Whether the form for a new one is open; the address keeps it. */
  isCreating: boolean;
  onCreating: (isCreating: boolean) => void;
  onDashboardOpen: (id: string) => void;
};

export function Dashboards({ workspace, isCreating, onCreating, onDashboardOpen }: DashboardsProps) {
  const [{ data, error }, read] = useQuery({ query: DashboardsQuery, requestPolicy: "cache-and-network" });
  const refresh = () => read({ requestPolicy: "network-only" });
  const [from, setFrom] = useState<string | null>(null);
  if (data && from === null) setFrom(data.server.position);
  useLive({
    document: DashboardsChangedSubscription,
    variables: { after: from },
    pause: from === null,
    onChanges: refresh,
  });
  const [, createDashboard] = useMutation(CreateDashboardMutation);
  const made = useRef<string | null>(null);
  const list = data?.dashboards;
  const create = (
    <Button kind="primary" onPress={() => onCreating(true)}>
      <Plus aria-hidden /> New dashboard
    </Button>
  );
  return (
    <Page title="Dashboards" count={list?.totalCount} actions={list?.nodes.length ? create : null}>
      <Found what="dashboards" value={list} failure={error && !data ? failureOf(error) : null} onRetry={refresh}>
        {({ nodes }) =>
          nodes.length === 0 ? (
            <EmptyState title="No dashboards yet" actions={create}>
              Put the figures beside each other that you look at every day. Those that programs make are listed here
              too.
            </EmptyState>
          ) : (
            <ListTable label="Dashboards" columns={columnsOf(workspace)} rows={nodes} keyOf={({ id }) => id} />
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
