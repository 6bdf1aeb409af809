import { getRouteApi } from "@tanstack/react-router";
import { Dashboards } from "@/features/dashboards/Dashboards";

const route = getRouteApi("/$workspace/dashboards");

export function DashboardsPage() {
  const { workspace } = route.useParams();
  const { create } = route.useSearch();
  const navigate = route.useNavigate();
  return (
    <Dashboards
      workspace={workspace}
      isCreating={create !== undefined}
      onCreating={(isOpen) => navigate({ search: isOpen ? { create: "true" } : {}, replace: true })}
      onDashboardOpen={(dashboardId) =>
        navigate({ to: "/$workspace/dashboards/$dashboardId", params: { workspace, dashboardId }, search: {} })
      }
    />
  );
}
