import { Link } from "@tanstack/react-router";
import { Plus, Search } from "lucide-react";
import { useRef } from "react";
import { Button } from "@/components/Button";
import { ColumnChoice } from "@/components/ColumnChoice";
import { chosenColumn } from "@/components/chosenColumn";
import { EmptyState } from "@/components/EmptyState";
import { Found } from "@/components/Found";
import { type ListColumn, ListTable, RowNote, rowLink } from "@/components/ListTable";
import { Page } from "@/components/Page";
import { SearchBox } from "@/components/SearchBox";
import { Time } from "@/components/Time";
import { ChosenDashboards } from "@/features/dashboards/ChosenDashboards";
import { CreateDashboardDialog } from "@/features/dashboards/CreateDashboardDialog";
import { type DashboardItem, useDashboardList } from "@/features/dashboards/useDashboardList";
import { focusBox } from "@/lib/focusBox";
import { useHotkeys } from "@/lib/hotkeys";
import { orderOf, type SortOrder } from "@/lib/sortOrder";
import { useChosen } from "@/lib/useChosen";
import { useColumnChoices } from "@/lib/useColumnChoices";

export type DashboardsSearch = {
  name?: string | undefined;
  sort?: string | undefined;
  /** Whether the form for a new one is open. */
  create?: string | undefined;
};

type DashboardsProps = {
  workspace: string;
  search: DashboardsSearch;
  onSearch: (search: DashboardsSearch) => void;
  onDashboardOpen: (id: string) => void;
};

const NEWEST: SortOrder = { field: "created_at", direction: "DESC" };

export function Dashboards({ workspace, search, onSearch, onDashboardOpen }: DashboardsProps) {
  const searchBox = useRef<HTMLInputElement>(null);
  const name = search.name ?? "";
  const order = orderOf(search.sort, NEWEST, (sort) => onSearch({ ...search, sort }));
  const dashboards = useDashboardList(name, order.sort);
  const { list, failure } = dashboards;
  const chosen = useChosen(list?.items ?? []);
  const { first, others } = columnsOf(workspace);
  const columns = useColumnChoices({ key: "dashboards.columns", columns: others, rare: RARE_COLUMNS });
  useHotkeys({ "/": () => focusBox(searchBox) });
  const onName = (next: string) => onSearch({ ...search, name: next || undefined });
  const onCreating = (isOpen: boolean) => onSearch({ ...search, create: isOpen ? "true" : undefined });
  const create = (
    <Button kind="primary" onPress={() => onCreating(true)}>
      <Plus aria-hidden /> New dashboard
    </Button>
  );
  const isEmpty = list?.totalCount === 0 && name === "";
  return (
    <Page
      title="Dashboards"
      count={list?.totalCount}
      actions={
        !isEmpty && (
          <>
            <ChosenDashboards ids={chosen.rows.map(({ id }) => id)} onDeleted={chosen.clear} />
            <SearchBox
              label="Search dashboards"
              placeholder="Search by name"
              shortcut="/"
              icon={<Search aria-hidden />}
              value={name}
              inputRef={searchBox}
              isInstant
              onSubmit={onName}
            />
            <ColumnChoice labels={columns.labels} shown={columns.shownLabels} onToggle={columns.toggle} />
            {create}
          </>
        )
      }
    >
      <Found what="dashboards" value={failure ? null : list} failure={failure} onRetry={dashboards.refresh}>
        {({ items, hasNextPage }) =>
          isEmpty ? (
            <EmptyState title="No dashboards yet" actions={create}>
              Put the figures beside each other that you look at every day. Those that programs make are listed here
              too.
            </EmptyState>
          ) : items.length === 0 ? (
            <EmptyState
              title="No dashboard of that name"
              actions={<Button onPress={() => onName("")}>Clear search</Button>}
            />
          ) : (
            <ListTable
              label="Dashboards"
              columns={[
                first,
                ...columns.shown,
                chosenColumn({ chosen: chosen.ids, toggle: chosen.toggle, all: chosen.all }),
              ]}
              rows={items}
              keyOf={({ id }) => id}
              isBusy={dashboards.isLoading}
              order={order}
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
      <CreateDashboardDialog
        isOpen={search.create !== undefined}
        onClose={() => onCreating(false)}
        onDashboardCreated={onDashboardOpen}
      />
    </Page>
  );
}

type Column = ListColumn<DashboardItem>;

/** Columns that one asks for. */
const RARE_COLUMNS: readonly string[] = ["Created", "ID"];

const columnsOf = (workspace: string): { first: Column; others: Column[] } => ({
  first: {
    label: "Name",
    sort: "name",
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
  others: [
    { label: "Project", isMinor: true, cell: ({ project }) => project?.name ?? "all" },
    {
      label: "Last updated",
      sort: "last_updated_at",
      cell: ({ lastUpdatedAt }) => <Time at={lastUpdatedAt} style="relative" />,
    },
    {
      label: "Created",
      sort: "created_at",
      isMinor: true,
      cell: ({ createdAt }) => <Time at={createdAt} style="relative" />,
    },
    { label: "Created by", sort: "created_by", isMinor: true, cell: ({ createdBy }) => createdBy },
    { label: "ID", isMinor: true, cell: ({ id }) => <code>{id}</code> },
  ],
});
