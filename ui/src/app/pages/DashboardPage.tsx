import { getRouteApi } from "@tanstack/react-router";
import { DashboardView } from "@/features/dashboards/DashboardView";

const route = getRouteApi("/$workspace/dashboards/$dashboardId");

export function DashboardPage() {
  const { workspace, dashboardId } = route.useParams();
  const { range } = route.useSearch();
  const navigate = route.useNavigate();
  return (
    <DashboardView
      key={dashboardId}
      dashboardId={dashboardId}
      range={range}
      onRange={(next) => navigate({ search: { range: next }, replace: true })}
      onCopied={(id) => navigate({ params: { workspace, dashboardId: id }, search: {} })}
      onDeleted={() => navigate({ to: "/$workspace/dashboards", params: { workspace }, search: {} })}
    />
  );
}
