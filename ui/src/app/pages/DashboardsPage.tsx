import { getRouteApi } from "@tanstack/react-router";
import { Dashboards } from "@/features/dashboards/Dashboards";

const route = getRouteApi("/$workspace/dashboards");

export function DashboardsPage() {
  const { workspace } = route.useParams();
  const navigate = route.useNavigate();
  return (
    <Dashboards
      workspace={workspace}
      search={route.useSearch()}
      onSearch={(next) => navigate({ search: next, replace: true })}
      onDashboardOpen={(dashboardId) =>
        navigate({ to: "/$workspace/dashboards/$dashboardId", params: { workspace, dashboardId }, search: {} })
      }
    />
  );
}
