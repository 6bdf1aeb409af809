import { Link } from "@tanstack/react-router";
import { CatalogPage } from "@/components/CatalogPage";
import { type ListColumn, RowNote, rowLink } from "@/components/ListTable";
import { ORIGIN_COLUMNS, UPDATED_COLUMN } from "@/components/originColumns";
import { DeleteChosen } from "@/entities/history/DeleteChosen";
import { CreateDashboardDialog } from "@/features/dashboards/CreateDashboardDialog";
import { DeleteDashboardsMutation } from "@/features/dashboards/deleteDashboards";
import { type DashboardItem, useDashboardList } from "@/features/dashboards/useDashboardList";
import { NEWEST_FIRST, orderOf } from "@/lib/sortOrder";

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

const DASHBOARDS = { one: "dashboard", many: "dashboards" };

export function Dashboards({ workspace, search, onSearch, onDashboardOpen }: DashboardsProps) {
  const { name = "" } = search;
  const order = orderOf(search.sort, NEWEST_FIRST, (sort) => onSearch({ ...search, sort }));
  const onCreating = (isOpen: boolean) => onSearch({ ...search, create: isOpen ? "true" : undefined });
  return (
    <CatalogPage
      title="Dashboards"
      kind={DASHBOARDS}
      things={useDashboardList(name, order.sort)}
      order={order}
      nameColumn={nameColumn(workspace)}
      columns={COLUMNS}
      rareColumns={RARE_COLUMNS}
      name={name}
      onName={(next) => onSearch({ ...search, name: next })}
      onClear={() => onSearch({ sort: search.sort })}
      acts={({ ids, clear }) => (
        <DeleteChosen
          kind={DASHBOARDS}
          event="dashboard_deleted"
          ids={ids}
          mutation={DeleteDashboardsMutation}
          onDeleted={clear}
        >
          Nothing of what they show goes with them. They can be restored from the trash.
        </DeleteChosen>
      )}
      onCreate={() => onCreating(true)}
      empty="Put the figures beside each other that you look at every day. Those that programs make are listed here too."
    >
      <CreateDashboardDialog
        isOpen={search.create !== undefined}
        onClose={() => onCreating(false)}
        onDashboardCreated={onDashboardOpen}
      />
    </CatalogPage>
  );
}

type Column = ListColumn<DashboardItem>;

/** Columns that one asks for. */
const RARE_COLUMNS: readonly string[] = ["Created", "ID"];

const nameColumn = (workspace: string): Column => ({
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
});

const COLUMNS: readonly Column[] = [
  { label: "Project", isMinor: true, cell: ({ project }) => project?.name ?? "all" },
  UPDATED_COLUMN,
  ...ORIGIN_COLUMNS,
];
